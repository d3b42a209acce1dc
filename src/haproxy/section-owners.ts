import { sanitizeName } from './names.js';
import { SECTION_KINDS, wordsOf } from './plan/words.js';

/** Which service a part of a rendered configuration is there for; undefined when that cannot be told. */
export interface SectionOwners {
  readonly ofProxy: (proxy: string) => string | undefined;
  /** @param line from 1; it may lie beyond the end */
  readonly ofLine: (text: string, line: number) => string | undefined;
}

/**
 * Owners by the names that the built-in template gives (contract section 9.4): `web-80` is for the service `web`. A custom
 * template that names its sections otherwise has no owners.
 */
export function sectionOwners(
  services: readonly { readonly name: string; readonly ports: readonly { readonly servicePort: number }[] }[],
): SectionOwners {
  const byProxy = new Map<string, string>(
    services.flatMap(({ name, ports }) =>
      ports.map(({ servicePort }) => [`${sanitizeName(name)}-${servicePort}`, name] as const),
    ),
  );
  const ofProxy = (proxy: string): string | undefined => byProxy.get(proxy);
  const ofLine = (text: string, line: number): string | undefined => {
    const header = text.split('\n', line).findLast((candidate) => SECTION_KINDS.has(wordsOf(candidate)[0] ?? ''));
    return ofProxy(wordsOf(header ?? '')[1] ?? '');
  };
  return { ofProxy, ofLine };
}
