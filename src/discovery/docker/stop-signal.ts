/** Docker's signal to stop a container whose image and options say nothing. */
export const SIGTERM = 15;
export const SIGKILL = 9;

const FIRST_REALTIME = 34;
const LAST_REALTIME = 64;

/** Linux's, whatever this process runs on: containers do. In their order, from 1. */
const NAMES = [
  ...['HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'USR1', 'SEGV', 'USR2', 'PIPE', 'ALRM'],
  ...['TERM', 'STKFLT', 'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'XCPU', 'XFSZ', 'VTALRM', 'PROF'],
  ...['WINCH', 'IO', 'PWR', 'SYS'],
];

/**
 * The number of a container's `StopSignal`, which may be a number, or a name with or without `SIG`: `3`, `SIGQUIT`, `QUIT`,
 * `SIGRTMIN+3`, `RTMAX-1`.
 *
 * @returns undefined for no signal of Linux
 */
export function signalNumber(text: string): number | undefined {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const name = text.toUpperCase().replace(/^SIG/, '');
  const [, from, offset = 0] = /^(RTMIN|RTMAX)([+-]\d{1,2})?$/.exec(name) ?? [];
  if (from !== undefined) return (from === 'RTMIN' ? FIRST_REALTIME : LAST_REALTIME) + Number(offset);
  const index = NAMES.indexOf(name);
  return index === -1 ? undefined : index + 1;
}
