import type { Member } from '../data/answers.js';

/** An address as it stands before a port. */
export const addressText = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** Where a page of its own console is; undefined where it does not tell. */
export function consoleUrl({ address, http }: Member, segments: readonly string[]): string | undefined {
  if (!http || address === '') return undefined;
  const path = segments.map(encodeURIComponent).join('/');
  return `${http.isTls ? 'https' : 'http'}://${addressText(address)}:${http.port}/ui/${path}`;
}
