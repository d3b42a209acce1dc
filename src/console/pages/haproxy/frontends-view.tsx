import { useMemo } from 'preact/hooks';
import { Chips, type Chip } from '../../components/chips.js';
import { NothingMatches } from '../../components/nothing-matches.js';
import { EmptyState, Notice, Waiting } from '../../components/notice.js';
import { SearchField } from '../../components/search-field.js';
import { TimeAgo } from '../../components/time-ago.js';
import type { Figures } from '../../data/figures.js';
import type { Polled } from '../../data/poll.js';
import type { Proxy } from '../../data/proxy.js';
import type { Rates } from '../../data/rates.js';
import { useRouter } from '../../hooks/router.js';
import { useStore } from '../../hooks/store.js';
import { count } from '../../words/service.js';
import { chosenRows, countOf, filterOf, frontendRows, type FrontendRow, type Show } from './frontends.js';
import { FrontendsTable } from './frontends-table.js';
import { Overview } from './overview.js';

const NO_ROWS: readonly FrontendRow[] = [];

const SORT_CHIPS: readonly Chip[] = [
  { value: '', label: 'Name' },
  { value: 'requests', label: 'Requests' },
  { value: 'errors', label: 'Errors' },
];

/** What passes through HAProxy, as it counts it. */
export function FrontendsView({
  figures: { value, fault },
  rates,
  proxy,
}: {
  readonly figures: Polled<Figures>;
  readonly rates: Rates;
  readonly proxy: Proxy;
}) {
  const { address, filter: change } = useRouter();
  const filter = filterOf(address.query);
  const { query, show, sort } = filter;
  const services = useStore((state) => state.services);
  const rows = useMemo(() => (value ? frontendRows(value, rates, services) : NO_ROWS), [value, rates, services]);
  const chosen = useMemo(() => chosenRows(rows, { query, show, sort }), [rows, query, show, sort]);
  if (!value) {
    if (!proxy.isRunning) return null; // that is said above
    if (!fault) return <Waiting>Asking HAProxy for its figures</Waiting>;
    return (
      <Notice tone="plain" title="There are no figures of HAProxy">
        <p>
          {fault.why === 'absent'
            ? 'This agent is of a version that does not tell what HAProxy counts.'
            : `${fault.text}.`}
        </p>
      </Notice>
    );
  }
  return (
    <>
      {fault ? (
        <Notice tone="warn" title="HAProxy does not tell its figures">
          <p>
            {fault.text}. What you see is <TimeAgo at={value.time} /> old.
          </p>
        </Notice>
      ) : null}
      <Overview figures={value} rates={rates} proxy={proxy} />
      <div class="toolbar">
        <SearchField
          label="Search frontends, services, ports"
          value={query}
          onInput={(q) => change({ q }, { isTyping: true })}
        />
        <Chips label="Show" chips={chipsOf(rows, show)} chosen={show} onChoose={(each) => change({ show: each })} />
        <div class="sorting">
          <span class="soft" aria-hidden="true">
            Sort by
          </span>
          <Chips label="Sort by" chips={SORT_CHIPS} chosen={sort} onChoose={(each) => change({ sort: each })} />
        </div>
      </div>
      <p class="visually-hidden" role="status">
        {query === '' && show === '' ? '' : `${count(chosen.length, 'frontend')} shown`}
      </p>
      {chosen.length > 0 ? (
        <FrontendsTable rows={chosen} rates={rates} sort={sort} />
      ) : rows.length === 0 ? (
        <EmptyState title="HAProxy has no frontends yet">
          <p>They appear here with the first service that has a ServicePort.</p>
        </EmptyState>
      ) : (
        <NothingMatches label="Show all frontends">
          {query === '' ? 'No frontend is like that at the moment.' : <>No frontend is found by “{query}”.</>}
        </NothingMatches>
      )}
    </>
  );
}

function chipsOf(rows: readonly FrontendRow[], chosen: Show): readonly Chip[] {
  const chips: readonly (Chip & { readonly value: Show; readonly count: number })[] = [
    { value: 'busy', label: 'With requests', count: countOf(rows, 'busy') },
    { value: 'errors', label: 'With errors', count: countOf(rows, 'errors') },
    { value: 'down', label: 'No server up', count: countOf(rows, 'down') },
  ];
  const useful = chips.filter((chip) => chip.count > 0 || chip.value === chosen);
  return useful.length === 0 ? [] : [{ value: '', label: 'All' }, ...useful];
}
