/** Where a value came from. */
export type Origin =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string; readonly key: string }
  | { readonly kind: 'default'; readonly version: 1 | 2 }
  /** What the operating system says of itself. */
  | { readonly kind: 'system' }
  /** Put together from two places. */
  | { readonly kind: 'joined'; readonly parts: readonly [Origin, Origin] };

/**
 * The place of a value as a sentence names it: `sidecar.toml: haproxy.bind_ip`, `HAPROXY_BIND_IP in the environment`.
 *
 * @param key  the setting, `haproxy.bind_ip`
 * @param item which item of a list, `[2]`
 */
export function placeOf(origin: Origin, key: string, item = ''): string {
  switch (origin.kind) {
    case 'flag':
      return `--${origin.name}${item}`;
    case 'env':
      return `${origin.name}${item} in the environment`;
    case 'file':
      return `${origin.path}: ${origin.key}${item}`;
    case 'default':
      return `the default of ${key}`;
    case 'system':
      return `${key} as this system gives it`;
    case 'joined':
      return origin.parts.map((part) => placeOf(part, key, item)).join(' and ');
  }
}

/** An origin in two words, for a column beside the values of one file: `flag --cluster-ip`, `env BIND_IP`, `file`, `default`. */
export function shortOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'flag':
      return `flag --${origin.name}`;
    case 'env':
      return `env ${origin.name}`;
    case 'file':
      return 'file';
    case 'default':
      return origin.version === 1 ? 'default' : 'default of v2';
    case 'system':
      return 'system';
    case 'joined':
      return origin.parts.map(shortOrigin).join(', ');
  }
}
