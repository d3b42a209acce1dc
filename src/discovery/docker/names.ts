import type { Container } from './container.js';

/** How containers are named (contract section 3.4). */
export type Namer =
  | { readonly kind: 'docker_label'; readonly label: string }
  /** Searched for in `/` and the container's name; its first group is the name. */
  | { readonly kind: 'regex'; readonly pattern: RegExp };

export interface FoundName {
  readonly name: string;
  /** The label that says it, or what Docker calls the place: `Names`, `Image`. */
  readonly place: string;
}

const COMPOSED = ['com.docker.compose.service', 'com.docker.swarm.service.name'];

/**
 * What a container's service is called: as the namer says, else, with `composeNames`, as Compose or Swarm call it, else like the
 * image. A label that is there but empty gives the empty name; a group that matched nothing gives none.
 */
export function nameOf(
  container: Container,
  { namer, composeNames }: { readonly namer: Namer; readonly composeNames: boolean },
): FoundName {
  const places = composeNames ? COMPOSED : [];
  return (
    named(container, namer) ??
    places.map((place) => ({ place, name: container.labels.get(place) ?? '' })).find(({ name }) => name !== '') ?? {
      name: container.image,
      place: 'Image',
    }
  );
}

function named({ name: own, labels }: Container, namer: Namer): FoundName | undefined {
  if (namer.kind === 'regex') {
    const name = namer.pattern.exec(`/${own}`)?.[1] ?? '';
    return name === '' ? undefined : { name, place: 'Names' };
  }
  const name = labels.get(namer.label);
  return name === undefined ? undefined : { name, place: namer.label };
}
