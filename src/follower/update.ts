import { ok, refused, type Result } from '../lib/result.js';
import { fieldsOf, parseJson, serviceOf, type RecordFault } from '../service/decode-service.js';
import { isCutOff } from '../service/nesting.js';
import type { Service, Status } from '../service/service.js';
import { upstreamStateOf, type UpstreamState } from './upstream-state.js';

/** What a Sidecar posts to those who listen (contract section 8.1): one change, and all that it believes. */
export interface Update extends UpstreamState {
  /** The record after the change. */
  readonly service: Service;
  readonly previousStatus: Status;
}

/**
 * Reads the body of a `POST /update`. Total: refused as a whole without a `State` that has its `Servers`, or without a `ChangeEvent`
 * whose record may enter the catalog; other bad records are refused alone.
 *
 * @param maxBytes a longer body is not looked at
 * @returns a refusal in words, those of the original where it has a short one
 */
export function decodeUpdate(body: Uint8Array, maxBytes: number): Result<Update, string> {
  const parsed = parseJson(body, maxBytes);
  if (!parsed.ok) {
    const isShort = parsed.fault.code === 'NOT_JSON' && isCutOff(Buffer.from(body).toString());
    return refused(isShort ? 'unexpected end of JSON input' : sentenceOf(parsed.fault));
  }
  const fields = fieldsOf(parsed.value, '');
  if (!fields.ok) return refused(wrongType(parsed.value) ?? sentenceOf(fields.fault));
  const said = fields.value.get('State');
  const event = fields.value.get('ChangeEvent');
  if (said === undefined || event === undefined)
    return refused(`${said === undefined ? 'State' : 'ChangeEvent'} is missing, expected an object`);
  const state = upstreamStateOf(said);
  if (!state.ok) return refused(sentenceOf(state.fault, 'State'));
  const change = fieldsOf(event, 'ChangeEvent');
  if (!change.ok) return refused(sentenceOf(change.fault));
  const previousStatus = change.value.integer('PreviousStatus');
  if (change.value.fault) return refused(sentenceOf(change.value.fault));
  const service = serviceOf(change.value.get('Service'));
  if (!service.ok) return refused(sentenceOf(service.fault, 'ChangeEvent.Service'));
  return ok({ ...state.value, service: service.value, previousStatus });
}

/** What Go says of a value that is no object. */
function wrongType(value: unknown): string | undefined {
  const type = value === null ? undefined : Array.isArray(value) ? 'array' : GO_TYPES.get(typeof value);
  return type && `json: cannot unmarshal ${type} into Go value of type catalog.StateChangedEvent`;
}

const GO_TYPES: ReadonlyMap<string, string> = new Map([
  ['string', 'string'],
  ['number', 'number'],
  ['boolean', 'bool'],
]);

/** @param at where in the body the faulty part stands */
export function sentenceOf({ field, seen, expected }: RecordFault, at = ''): string {
  const place = [at, field].filter((part) => part !== '').join('.') || 'the body';
  return `${place} is ${seen}, expected ${expected}`;
}
