import { ref, STRING, type Schema } from './schema.js';

export type Method = 'get' | 'post' | 'delete';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string;
  readonly schema: Schema;
}

export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: Schema }>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  /** One line, as lists of routes show it. */
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Response['content'] };
  /** What it asks of who asks: the first of these that is met lets it through. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly responses: Readonly<Record<string, Response>>;
}

/** The operations of a path by method. */
export type PathItem = Readonly<Partial<Record<Method, Operation>>>;
export type Paths = Readonly<Record<string, PathItem>>;

/** The name of the bearer token in `components`. */
export const TOKEN = 'token';

export const inPath = (name: string, description: string): Parameter => ({
  ...{ name, in: 'path', required: true, description, schema: STRING },
});

export const inQuery = (name: string, description: string, schema: Schema = STRING): Parameter => ({
  ...{ name, in: 'query', required: false, description, schema },
});

export const inHeader = (name: string, description: string): Parameter => ({
  ...{ name, in: 'header', required: false, description, schema: STRING },
});

export const answers = (type: string, schema: Schema, description: string): Response => ({
  description,
  content: { [type]: { schema } },
});

export const json = (name: string, description: string): Response =>
  answers('application/json', ref(name), description);

export const text = (description: string): Response => answers('text/plain', STRING, description);

export const page = (description: string): Response => answers('text/html', STRING, description);

export const error = (description: string): Response => json('Error', description);

export const moved = (to: string): Response => ({
  description: `to ${to}`,
  headers: { Location: { description: to, schema: STRING } },
});

/** What every operation that changes something asks, and says to who may not. */
export const GUARDED = {
  security: [{ [TOKEN]: [] }, {}],
  refusals: {
    '401': error('a token is set, and was not given'),
    '403': error('no token is set, and who asks may not change anything without one'),
    '413': error('the body is too long'),
  },
} as const;

/** Of a body that a client may have already. */
export const IF_NONE_MATCH = inHeader(
  'If-None-Match',
  'the ETag of the body that the client has; brings 304, or the newer body with its ETag',
);

/** What is answered about such a body. */
export const known = (found: Response): Readonly<Record<string, Response>> => ({
  '200': found,
  '304': {
    description: 'the client has it already',
    headers: { ETag: { description: 'of the body', schema: STRING } },
  },
});
