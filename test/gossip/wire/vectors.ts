import { readdirSync, readFileSync } from 'node:fs';
import type { Bytes, Message, PushPull, PushPullNode, StreamMessage } from '../../../src/gossip/wire/message.js';

const FOLDER = 'test/fixtures/gossip';

/** A byte slice as the vectors write it: `null` is nil. */
export type Slice = { readonly bytes: string } | null;
export type VectorFields = Readonly<Record<string, string | number | boolean | Slice>>;

export const fromHex = (hex: string): Bytes => new Uint8Array(Buffer.from(hex, 'hex'));
export const toHex = (bytes: Bytes): string => Buffer.from(bytes).toString('hex');
export const utf8 = (text: string): Bytes => new Uint8Array(Buffer.from(text));

export function vectorFile(name: string): unknown {
  return JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8'));
}

/** What was captured in a packet, wrappers included. */
export interface Tree {
  readonly type: string;
  readonly inner?: Tree;
  readonly parts?: readonly Tree[];
  readonly fields?: VectorFields;
  readonly payloadText?: string;
  readonly payloadHex?: string;
}

export interface StreamTree {
  readonly type: 'pushPull' | 'ping' | 'ack' | 'user';
  readonly layers: readonly string[];
  readonly header?: VectorFields;
  readonly nodes?: readonly VectorFields[];
  readonly fields?: VectorFields;
  readonly userStateText?: string;
  readonly userStateHex?: string;
  readonly payloadText?: string;
  readonly payloadHex?: string;
}

interface StreamSide {
  readonly hex: string;
  readonly decoded: StreamTree;
}

export interface Capture {
  readonly file: string;
  readonly key?: string;
  readonly packets: readonly {
    readonly name: string;
    readonly hex: string;
    readonly nonce?: string;
    readonly decoded: Tree;
  }[];
  readonly streams: readonly { readonly name: string; readonly client?: StreamSide; readonly server?: StreamSide }[];
}

export function captures(): readonly Capture[] {
  return readdirSync(FOLDER)
    .filter((file) => file.startsWith('captured-'))
    .map((file) => ({ ...(vectorFile(file) as Omit<Capture, 'file'>), file }));
}

/** Both sides of every captured stream, as far as they said something. */
export function sidesOf(capture: Capture): readonly (StreamSide & { readonly name: string })[] {
  return capture.streams.flatMap(({ name, client, server }) =>
    [client, server].flatMap((side) => (side === undefined || side.hex === '' ? [] : [{ ...side, name }])),
  );
}

/** The messages of a packet in their order. */
export function messagesOf(tree: Tree): readonly Message[] {
  if (tree.inner !== undefined) return messagesOf(tree.inner);
  if (tree.parts !== undefined) return tree.parts.flatMap(messagesOf);
  if (tree.type === 'user') return [{ type: 'user', payload: payloadOf(tree) }];
  return [messageOf(tree.type, tree.fields ?? {})];
}

export function messageOf(type: string, fields: VectorFields): Message {
  const text = (name: string): string => fields[name] as string;
  const number = (name: string): number => Number(fields[name]);
  const accusation = {
    incarnation: number('Incarnation'),
    node: text('Node'),
    from: text('From'),
    ...clusterNameOf(fields),
  };
  switch (type) {
    case 'ping':
      return { type, seqNo: number('SeqNo'), node: text('Node'), ...sourceOf(fields) };
    case 'indirectPing': {
      const target = sliceOf(fields['Target']);
      const nack = fields['Nack'] === true;
      const about = { target, port: number('Port'), node: text('Node'), nack };
      return { type: 'indirect-ping', seqNo: number('SeqNo'), ...about, ...sourceOf(fields) };
    }
    case 'ack':
      return { type, seqNo: number('SeqNo'), payload: sliceOf(fields['Payload']) };
    case 'nack':
      return { type, seqNo: number('SeqNo') };
    case 'suspect':
    case 'dead':
      return { type, ...accusation };
    case 'alive':
      return { type, node: text('Node'), ...claimOf(fields), ...clusterNameOf(fields) };
    default:
      throw new Error(`no message of type ${type} in the vectors`);
  }
}

export function streamMessageOf(tree: StreamTree): StreamMessage {
  if (tree.type === 'user') return { type: 'user', payload: payloadOf(tree) };
  if (tree.type !== 'pushPull') return messageOf(tree.type, tree.fields ?? {}) as StreamMessage;
  const { userStateText, userStateHex = '', header = {}, nodes = [] } = tree;
  return pushPullOf(header, nodes, userStateText === undefined ? fromHex(userStateHex) : utf8(userStateText));
}

export function pushPullOf(header: VectorFields, nodes: readonly VectorFields[], userState: Bytes): PushPull {
  const join = header['Join'] === true;
  return { type: 'push-pull', join, ...clusterNameOf(header), nodes: nodes.map(nodeOf), userState };
}

export function nodeOf(fields: VectorFields): PushPullNode {
  return { name: fields['Name'] as string, ...claimOf(fields), state: Number(fields['State']) };
}

function claimOf(fields: VectorFields): Omit<PushPullNode, 'name' | 'state'> {
  return {
    incarnation: Number(fields['Incarnation']),
    addr: sliceOf(fields['Addr']),
    port: Number(fields['Port']),
    meta: sliceOf(fields['Meta']),
    vsn: sliceOf(fields['Vsn']),
  };
}

function clusterNameOf(fields: VectorFields): { clusterName?: string } {
  return 'ClusterName' in fields ? { clusterName: fields['ClusterName'] as string } : {};
}

function sourceOf(fields: VectorFields): { sourceAddr?: Bytes; sourcePort?: number; sourceNode?: string } {
  const sourceAddr = sliceOf(fields['SourceAddr']);
  return {
    ...(sourceAddr === undefined ? {} : { sourceAddr }),
    ...('SourcePort' in fields ? { sourcePort: Number(fields['SourcePort']) } : {}),
    ...('SourceNode' in fields ? { sourceNode: fields['SourceNode'] as string } : {}),
  };
}

function sliceOf(value: VectorFields[string] | undefined): Bytes | undefined {
  return typeof value === 'object' && value !== null ? fromHex(value.bytes) : undefined;
}

function payloadOf({ payloadText, payloadHex = '' }: Pick<Tree, 'payloadText' | 'payloadHex'>): Bytes {
  return payloadText === undefined ? fromHex(payloadHex) : utf8(payloadText);
}
