/** What the address bar says: which page, of what, and how it is filtered. */
export interface Address {
  /** Below `/ui/`, decoded: `['services', 'web']`. */
  readonly segments: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

const ROOT = '/ui/';

export function parseAddress(pathname: string, search: string): Address {
  const below = pathname.startsWith(ROOT) ? pathname.slice(ROOT.length) : '';
  const segments = below.split('/').filter((segment) => segment !== '');
  return { segments: segments.map(decoded), query: Object.fromEntries(new URLSearchParams(search)) };
}

/** What is empty in the query is left out. */
export function hrefOf({ segments, query }: { readonly segments: readonly string[]; readonly query?: Query }): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([key, value]): [string, string] => [key, value ?? ''])).toString();
  return ROOT + segments.map(encodeURIComponent).join('/') + (search === '' ? '' : `?${search}`);
}

export type Query = Readonly<Record<string, string | undefined>>;

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a lone per cent sign that somebody typed
  }
}
