import type { Status } from '../data/instance.js';
import { STATUS_WORDS } from '../words/service.js';

/** A status as shape, word and colour, so that none of them is needed alone. */
export function StatusBadge({ status, title }: { readonly status: Status; readonly title?: string | undefined }) {
  return (
    <span class={`badge badge-${status.toLowerCase()}`} title={title}>
      {STATUS_WORDS[status]}
    </span>
  );
}
