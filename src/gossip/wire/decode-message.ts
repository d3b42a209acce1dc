import { ok, refused, type Result } from '../../lib/result.js';
import type { Ack, Alive, Bytes, Dead, IndirectPing, Message, Nack, Ping, SourceFields, Suspect } from './message.js';
import { isKnownType, MESSAGE_TYPE } from './message-type.js';
import { decodeMap, type Fields } from './msgpack.js';
import { refusedAs, type WireFault } from './wire-fault.js';

const MAX_U32 = 0xffff_ffff;
const MAX_U16 = 0xffff;
const VSN_BYTES = 6;
/** What memberlist lets a node say about itself. */
const MAX_META_BYTES = 512;

const FIELDS = [
  ...['Addr', 'ClusterName', 'From', 'Incarnation', 'Meta', 'Nack', 'Node', 'Payload', 'Port', 'SeqNo'],
  ...['SourceAddr', 'SourceNode', 'SourcePort', 'Target', 'Vsn'],
];

/** One message with its type byte, wrappers taken off. What follows its map is ignored. It owns its bytes. */
export function decodeMessage(bytes: Bytes): Result<Message, WireFault> {
  switch (bytes[0]) {
    case MESSAGE_TYPE.ping:
      return decodePing(bytes);
    case MESSAGE_TYPE.indirectPing:
      return decodeBody(bytes, FIELDS, indirectPingOf);
    case MESSAGE_TYPE.ack:
      return decodeAck(bytes);
    case MESSAGE_TYPE.nack:
      return decodeBody(bytes, FIELDS, (fields): Nack => ({ type: 'nack', seqNo: u32(fields, 'SeqNo') }));
    case MESSAGE_TYPE.suspect:
      return decodeBody(bytes, FIELDS, (fields): Suspect => ({ type: 'suspect', ...accusationOf(fields) }));
    case MESSAGE_TYPE.dead:
      return decodeBody(bytes, FIELDS, (fields): Dead => ({ type: 'dead', ...accusationOf(fields) }));
    case MESSAGE_TYPE.alive:
      return decodeBody(bytes, FIELDS, aliveOf);
    case MESSAGE_TYPE.user:
      return ok({ type: 'user', payload: new Uint8Array(bytes.subarray(1)) });
    case undefined:
    default:
      return refusedType(bytes);
  }
}

/** A ping with its type byte. */
export function decodePing(bytes: Bytes): Result<Ping, WireFault> {
  return decodeBody(bytes, FIELDS, (fields) => ({
    type: 'ping',
    seqNo: u32(fields, 'SeqNo'),
    node: fields.text('Node'),
    ...sourceOf(fields),
  }));
}

/** An ack with its type byte. */
export function decodeAck(bytes: Bytes): Result<Ack, WireFault> {
  return decodeBody(bytes, FIELDS, (fields) => ({
    type: 'ack',
    seqNo: u32(fields, 'SeqNo'),
    payload: fields.blob('Payload'),
  }));
}

/** Reads the map behind a type byte. */
export function decodeBody<T>(
  bytes: Bytes,
  names: readonly string[],
  read: (fields: Fields) => T,
): Result<T, WireFault> {
  const map = decodeMap(bytes, 1, names);
  return map.ok ? checked(map.value.fields, read(map.value.fields)) : map;
}

/** What was read from fields, or what was wrong with one of them. */
export function checked<T>(fields: Fields, value: T): Result<T, WireFault> {
  return fields.fault === undefined ? ok(value) : refused(fields.fault);
}

/** Why bytes of this type are no message here. */
export function refusedType([type]: Bytes): Result<never, WireFault> {
  if (type === undefined) return refusedAs('EMPTY', 'a message without a byte');
  return isKnownType(type)
    ? refusedAs('MISPLACED_TYPE', `type ${type} does not belong here`)
    : refusedAs('UNKNOWN_TYPE', `type ${type}`);
}

function indirectPingOf(fields: Fields): IndirectPing {
  return {
    type: 'indirect-ping',
    seqNo: u32(fields, 'SeqNo'),
    target: fields.blob('Target'),
    port: portOf(fields),
    node: fields.text('Node'),
    nack: fields.flag('Nack'),
    ...sourceOf(fields),
  };
}

function aliveOf(fields: Fields): Alive {
  return { type: 'alive', node: fields.text('Node'), ...claimOf(fields, MAX_META_BYTES), ...clusterNameOf(fields) };
}

/** What an alive message and a node of a push/pull say of a member alike. */
export function claimOf(
  fields: Fields,
  maxMetaBytes: number,
): {
  readonly incarnation: number;
  readonly addr: Bytes | undefined;
  readonly port: number;
  readonly meta: Bytes | undefined;
  readonly vsn: Bytes | undefined;
} {
  return {
    incarnation: u32(fields, 'Incarnation'),
    addr: fields.blob('Addr'),
    port: portOf(fields),
    meta: fields.blob('Meta', maxMetaBytes),
    vsn: vsnOf(fields),
  };
}

/** The fork's mark; absent when it is not there. */
export function clusterNameOf(fields: Fields): { readonly clusterName?: string } {
  return fields.has('ClusterName') ? { clusterName: fields.text('ClusterName') } : {};
}

function accusationOf(fields: Fields): {
  readonly incarnation: number;
  readonly node: string;
  readonly from: string;
  readonly clusterName?: string;
} {
  return {
    incarnation: u32(fields, 'Incarnation'),
    node: fields.text('Node'),
    from: fields.text('From'),
    ...clusterNameOf(fields),
  };
}

function sourceOf(fields: Fields): SourceFields {
  const sourceAddr = fields.blob('SourceAddr');
  return {
    ...(sourceAddr === undefined ? {} : { sourceAddr }),
    ...(fields.has('SourcePort') ? { sourcePort: fields.unsigned('SourcePort', MAX_U16) } : {}),
    ...(fields.has('SourceNode') ? { sourceNode: fields.text('SourceNode') } : {}),
  };
}

const u32 = (fields: Fields, name: string): number => fields.unsigned(name, MAX_U32);

const portOf = (fields: Fields): number => fields.unsigned('Port', MAX_U16);

/** A Go Sidecar that is handed any other length than these crashes, so nothing else may enter and be passed on. */
function vsnOf(fields: Fields): Bytes | undefined {
  const vsn = fields.blob('Vsn');
  if (vsn === undefined || vsn.length === 0 || vsn.length === VSN_BYTES) return vsn;
  fields.refuse('BAD_VSN', `Vsn has ${vsn.length} bytes`);
  return undefined;
}
