import type { ParsedUrlQuery } from 'node:querystring';
import { printable } from '../lib/printable.js';
import { HttpError } from './http-error.js';

/**
 * The parameters of a request by their names.
 *
 * @throws HttpError 400 for one that is not among `names`, or is given twice
 */
export function singleParameters(query: ParsedUrlQuery, names: readonly string[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of Object.entries(query)) {
    if (!names.includes(name))
      throw new HttpError(400, `${printable(name)} is no parameter, expected ${names.join(', ')}`);
    if (typeof value !== 'string') throw new HttpError(400, `${name} is given more than once`);
    given.set(name, value);
  }
  return given;
}
