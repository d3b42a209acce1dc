/** Facts of a log line: small values, never secrets. An `error` key may hold an Error. */
export type Facts = Readonly<Record<string, unknown>>;

/** A log line is a sentence a person can act on, with its facts as fields. */
export interface Logger {
  debug(message: string, facts?: Facts): void;
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
  /** A logger whose lines carry the name of the room they come from. */
  child(room: string): Logger;
}
