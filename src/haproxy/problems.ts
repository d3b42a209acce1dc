import type { Logger } from '../lib/logger.js';
import type { ProblemBoard } from '../lib/problems.js';
import { printable } from '../lib/printable.js';
import type { Finding } from './finding.js';

/** The room's name on the board and in the log. */
export const ROOM = 'haproxy';

export interface Complaint {
  readonly code: string;
  readonly subject: string;
  readonly message: string;
}

/** One list of complaints that stand together: stating the next list ends those that are not in it. Each is logged once. */
export class Complaints {
  private standing = new Map<string, Complaint>();

  constructor(private readonly deps: { readonly problems: ProblemBoard; readonly log: Logger }) {}

  /** Whether something of this code is among those that stand. */
  has(code: string): boolean {
    return [...this.standing.values()].some((complaint) => complaint.code === code);
  }

  state(complaints: readonly Complaint[]): void {
    const { problems, log } = this.deps;
    const next = new Map(complaints.map((complaint) => [`${complaint.code}\0${complaint.subject}`, complaint]));
    for (const [key, { code, subject, message }] of this.standing) {
      if (next.has(key) || !problems.clear(ROOM, code, subject)) continue;
      log.info('problem is over', { code, subject, was: message });
    }
    for (const complaint of next.values()) {
      const { code, subject, message } = complaint;
      if (problems.raise({ room: ROOM, ...complaint })) log.warn(message, { code, subject });
    }
    this.standing = next;
  }
}

/** A finding as a problem: its subject is what it is about, safe to print whatever a peer called it. */
export function complaintOf({ service, instance, servicePort, code, message }: Finding): Complaint {
  const port = servicePort === undefined ? '' : `:${servicePort}`;
  const subject = `${plain(service)}${port}${instance === undefined ? '' : ` ${plain(instance)}`}`;
  return { code, subject, message: `${subject}: ${message}` };
}

/** A peer's words as they may stand in a log line: quoted and escaped unless they are harmless. */
const plain = (text: string): string => (/^[!-~]{1,120}$/.test(text) ? text : printable(text));
