import { focusPage } from '../hooks/page-focus.js';
import { useRouter } from '../hooks/router.js';
import type { Query } from '../hooks/address.js';
import { EmptyState } from './notice.js';
import type { ComponentChildren } from 'preact';

const NO_FILTERS: Query = { q: '', show: '' };

/** Where the filters of a page leave nothing: the way out of them. @param filters those that are taken away */
export function NothingMatches({
  label,
  filters = NO_FILTERS,
  children,
}: {
  readonly label: string;
  readonly filters?: Query;
  readonly children?: ComponentChildren;
}) {
  const { filter } = useRouter();
  const showAll = (): void => {
    filter(filters);
    focusPage();
  };
  return (
    <EmptyState title="Nothing matches">
      <p>
        {children}{' '}
        <button type="button" class="plain" onClick={showAll}>
          {label}
        </button>
      </p>
    </EmptyState>
  );
}
