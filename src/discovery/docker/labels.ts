import { printable } from '../../lib/printable.js';
import type { Millis } from '../../lib/ports.js';
import type { RefusalCode } from '../../service/refusal.js';
import { durationIn, integerIn, wordsOf, type DurationRange, type IntegerRange } from '../ranges.js';
import type { Container } from './container.js';

/** Something a container's labels say that cannot be done. */
export interface LabelComplaint {
  readonly code: ComplaintCode;
  /** The id of the service: the first 12 characters of the container's. */
  readonly id: string;
  /** The container's name, or its id when it has none; safe to print. */
  readonly container: string;
  /** The label's key, safe to print; where no label is to blame, what Docker calls it: `Image`, `Ports`. */
  readonly label: string;
  /** Shortened, in quotes, safe to print. */
  readonly value: string;
  readonly expected: string;
  /** Whether no service is made of the container because of it. */
  readonly leavesOut: boolean;
}

export type ComplaintCode = 'LABEL_INVALID' | 'SERVICE_PORT_TWICE' | 'SERVICE_PORT_IS_OURS' | RefusalCode;

/** What is said of a label by who reads it. */
export type Complaint = Pick<LabelComplaint, 'code' | 'label' | 'value' | 'expected'> & { readonly leavesOut?: true };

/** As `docker ps` shows it, and as the record says it (contract section 3.2). */
export const shortId = (id: string): string => id.slice(0, 12);

/** The most complaints kept of one container, besides what leaves it out; more are counted. */
export const MAX_COMPLAINTS = 20;
/** As Go's `strconv.Atoi` reads it; the bound keeps what is far out of range from being read at all. */
const INTEGER = /^[+-]?\d{1,20}$/;
const PLAIN_KEY = /^[\w./-]{1,80}$/;

/** Reads the labels of one container and collects what is wrong with them: what is wrong counts as absent. */
export class Labels {
  private readonly kept: LabelComplaint[] = [];
  private unkept = 0;

  constructor(private readonly container: Pick<Container, 'id' | 'name' | 'labels'>) {}

  /** The value as it stands there, be it empty. */
  get(label: string): string | undefined {
    return this.container.labels.get(label);
  }

  keys(): Iterable<string> {
    return this.container.labels.keys();
  }

  /** Decimal, with a sign if need be, without spaces. */
  integer(label: string, range: IntegerRange): number | undefined {
    return this.parsed(label, wordsOf(range), (text) =>
      INTEGER.test(text) ? integerIn(Number(text), range) : undefined,
    );
  }

  /** As Go writes it: `1m30s`. */
  duration(label: string, range: DurationRange): Millis | undefined {
    return this.parsed(label, range.words, (text) => durationIn(text, range));
  }

  /** What `read` makes of the value; undefined when it is absent or when `read` returns that because it is wrong. */
  parsed<T>(label: string, expected: string, read: (text: string) => T | undefined): T | undefined {
    const text = this.get(label);
    if (text === undefined) return undefined;
    const value = read(text);
    if (value === undefined) this.complain({ code: 'LABEL_INVALID', label, value: printable(text), expected });
    return value;
  }

  /** @param complaint.label as it is written; @param complaint.value safe to print */
  complain(complaint: Complaint): void {
    if (this.kept.length >= MAX_COMPLAINTS && !complaint.leavesOut) {
      this.unkept += 1;
      return;
    }
    const id = shortId(this.container.id);
    const container = word(this.container.name || id);
    this.kept.push({ leavesOut: false, ...complaint, id, container, label: word(complaint.label) });
  }

  get complaints(): readonly LabelComplaint[] {
    return this.kept;
  }

  /** How many complaints more there would have been. */
  get unstated(): number {
    return this.unkept;
  }
}

const word = (text: string): string => (PLAIN_KEY.test(text) ? text : printable(text));

/** `container web-1 (0123456789ab): ServicePort_80 is "abc", expected an integer from 0 to 65535`. */
export function sentenceOf({ container, id, label, value, expected, leavesOut }: LabelComplaint): string {
  const effect = leavesOut ? '; the container is left out' : '';
  return `container ${container} (${id}): ${label} is ${value}, expected ${expected}${effect}`;
}
