/** A JSON Schema (2020-12), as far as the document needs it. */
export type Schema = Readonly<Record<string, unknown>>;

export const STRING: Schema = { type: 'string' };
export const NUMBER: Schema = { type: 'number' };
export const INTEGER: Schema = { type: 'integer' };
export const COUNT: Schema = { type: 'integer', minimum: 0 };
export const BOOLEAN: Schema = { type: 'boolean' };
export const MILLIS: Schema = { type: 'number', description: 'milliseconds' };
/** Up to nine digits of a fraction: more than most languages keep. */
export const TIME: Schema = { type: 'string', format: 'date-time', description: 'RFC 3339, to the nanosecond' };

export const listOf = (items: Schema): Schema => ({ type: 'array', items });

/** An object with any keys, in the field's word a map. */
export const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });

/** An object that always has all of its keys. */
export const objectOf = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});

export const oneOfWords = (...words: readonly string[]): Schema => ({ type: 'string', enum: words });

export const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

/** What stands in `components` under that name. */
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
