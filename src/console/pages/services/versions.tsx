import type { GroupFacts } from './groups.js';

/** The versions of a service side by side, each with how many run it; an arrow only where the order is sure. */
export function Versions({ facts: { versions, isOrderSure, isRolling } }: { readonly facts: GroupFacts }) {
  return (
    <span class="versions">
      {versions.map(({ version, image, instances, alive }, i) => (
        <span key={image} class="version" title={`${image}: ${alive} of ${instances} alive`}>
          {i > 0 ? (
            <span class="soft" aria-hidden="true">
              {isOrderSure ? '→' : '/'}{' '}
            </span>
          ) : null}
          <span class="version-name">{version === '' ? 'no image' : version}</span>
          {isRolling ? <span class="soft"> ×{instances}</span> : null}
        </span>
      ))}
      {isRolling ? <span class="tag tag-accent">{versions.length} versions</span> : null}
    </span>
  );
}
