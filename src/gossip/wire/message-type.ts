/** The first byte of every message (PROTOCOL 3). */
export const MESSAGE_TYPE = {
  ping: 0,
  indirectPing: 1,
  ack: 2,
  suspect: 3,
  alive: 4,
  dead: 5,
  pushPull: 6,
  compound: 7,
  user: 8,
  compress: 9,
  encrypt: 10,
  nack: 11,
  checksum: 12,
  err: 13,
} as const;

const KNOWN: ReadonlySet<number> = new Set(Object.values(MESSAGE_TYPE));

/** Whether a type byte means anything to anybody, though perhaps in another place. */
export const isKnownType = (type: number): boolean => KNOWN.has(type);
