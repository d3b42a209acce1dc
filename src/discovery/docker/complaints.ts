import type { Statement } from '../statements.js';
import { sentenceOf } from './labels.js';
import type { ListReading } from './record.js';

/** The most complaints stated one by one; the rest are stated as a number. */
const MAX_STATED = 100;

/** What an operator is told of a list of containers: a sentence for each label that is wrong. */
export function statementsOf({
  complaints,
  unstated,
  refused,
}: Pick<ListReading, 'complaints' | 'unstated' | 'refused'>): readonly Statement[] {
  const statements: Statement[] = complaints.slice(0, MAX_STATED).map((complaint) => ({
    code: complaint.code,
    subject: `${complaint.id} ${complaint.label}`,
    message: sentenceOf(complaint),
  }));
  const more = complaints.length - statements.length + unstated;
  if (more > 0)
    statements.push({
      code: 'MORE_LABELS_INVALID',
      subject: '',
      message: `${more} more labels of containers are not as expected`,
    });
  const [first] = refused;
  if (first) {
    const what = `${first.field === '' ? 'the first' : `${first.field} of the first`} is ${first.seen}`;
    const message = `entries of Docker's list of containers are left out (${refused.length}): ${what}, expected ${first.expected}`;
    statements.push({ code: 'CONTAINERS_REFUSED', subject: '', message });
  }
  return statements;
}
