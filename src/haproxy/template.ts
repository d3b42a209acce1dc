import { createHash } from 'node:crypto';
import Handlebars from 'handlebars';
import { messageOf } from '../lib/fault.js';
import { ok, refused, type Result } from '../lib/result.js';
import { printable } from '../lib/printable.js';
import type { TemplateFault } from './fault.js';
import { HELPER_NAMES } from './helpers.js';

/** A template that parsed and calls only functions that exist. */
export interface Template {
  readonly path: string;
  /** Whether the weights of servers come into the file; where they do not, a server cannot be drained but by leaving it out. */
  readonly writesWeights: boolean;
  render(data: object, helpers: Readonly<Record<string, (...args: never[]) => unknown>>): Result<string, TemplateFault>;
}

/** `strict` makes a misspelt field an error instead of a hole in the configuration. */
const OPTIONS = {
  noEscape: true,
  strict: true,
  knownHelpersOnly: true,
  /** `log` would write to stdout. */
  knownHelpers: { ...Object.fromEntries(HELPER_NAMES.map((name) => [name, true])), log: false },
};

/** Reads a template, Go's language excepted. `path` is only for the messages. */
export function compileTemplate(path: string, text: string): Result<Template, TemplateFault> {
  const go = findGo(text);
  if (go) return refused({ code: 'TEMPLATE_IN_GO', path, ...go });
  const handlebars = Handlebars.create();
  try {
    handlebars.precompile(text, OPTIONS); // compile() is lazy: it would tell of mistakes only while rendering
  } catch (error) {
    return refused({ code: 'TEMPLATE_SYNTAX', path, ...whereAndWhy(error) });
  }
  const run = handlebars.compile<object>(text, OPTIONS);
  return ok({
    path,
    writesWeights: /\{\{[^}]*\bWeight\b/.test(text),
    render: (data, helpers) => {
      try {
        return ok(run(data, { helpers: { ...helpers } }));
      } catch (error) {
        return refused({ code: 'TEMPLATE_FAILED', path, ...whereAndWhy(error) });
      }
    },
  });
}

/** SHA-256 of the original's stock template, of v1 to master, without white space and its CORS lines, which differ. */
const STOCK_SHA256 = '6b46b8f778be9d50b5e4e53d6d4fd78836dac9a46c78c7bab86b99cbbc820442';

/** Whether this is the template that the original ships, unchanged but for its CORS header. */
export function isStockTemplate(text: string): boolean {
  const lines = text.split('\n').filter((line) => !line.includes('Access-Control-Allow-Origin'));
  return createHash('sha256').update(lines.join('').replace(/\s/g, '')).digest('hex') === STOCK_SHA256;
}

const MUSTACHE = /\{\{(?!!)-?\s*(.*?)\}\}/g;
/** Keywords without Handlebars' `#`, variables, fields with a leading dot, pipes. */
const GO = /^(?:range|end|if|with|template|define|block)\b|^\/\*|(?:^|[\s(|])(?:\$[A-Za-z_]|\.[A-Za-z_])|:=/;

function findGo(text: string): { readonly line: number; readonly seen: string } | undefined {
  for (const match of text.matchAll(MUSTACHE)) {
    const code = (match[1] ?? '').replace(/"[^"]*"|'[^']*'/g, '""');
    if (GO.test(code)) return { line: text.slice(0, match.index).split('\n').length, seen: printable(match[0]) };
  }
  return undefined;
}

function whereAndWhy(error: unknown): { readonly line: number | undefined; readonly reason: string } {
  const reason = messageOf(error);
  const inMessage = /line (\d+)/.exec(reason)?.[1];
  if (inMessage !== undefined) return { line: Number(inMessage), reason };
  const known = error instanceof Error && 'lineNumber' in error && typeof error.lineNumber === 'number';
  return { line: known ? (error.lineNumber as number) : undefined, reason };
}
