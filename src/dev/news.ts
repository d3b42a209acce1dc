import { oneLine } from '../cli/text-width.js';
import type { Row } from './overview.js';
import { HINT, type Overview } from './page.js';

/** What differs between two overviews, one line each, for who reads them one after the other. @param before undefined: nothing was told yet */
export function newsOf(before: Overview | undefined, after: Overview): readonly string[] {
  const told = new Set(before?.found.map(foundLine));
  const rows = new Map(before?.rows.map((row) => [keyOf(row), rowLine(row)]));
  const news = [
    ...after.found.map(foundLine).filter((line) => !told.has(line)),
    ...after.rows.filter((row) => rows.get(keyOf(row)) !== rowLine(row)).map(rowLine),
  ];
  for (const row of after.rows) rows.delete(keyOf(row));
  for (const key of rows.keys()) news.push(`${key} is gone`);
  const [old, standing] = [new Set(before?.problems), new Set(after.problems)];
  for (const problem of standing) if (!old.has(problem)) news.push(problem);
  for (const problem of old) if (!standing.has(problem)) news.push(`over: ${problem}`);
  if (before === undefined && after.rows.length === 0) return [...news.map(oneLine), ...HINT];
  return news.map(oneLine);
}

const foundLine = ({ what, text }: Overview['found'][number]): string => `${what}: ${text}`;

const keyOf = ({ service, address }: Row): string => (address === '' ? service : `${service} at ${address}`);

function rowLine(row: Row): string {
  const { alive, total, state, note, isBorrowed } = row;
  const borrowed = isBorrowed ? ', borrowed' : '';
  return `${keyOf(row)}: ${state}${borrowed} (${alive} of ${total} instances)${note === '' ? '' : `; ${note}`}`;
}
