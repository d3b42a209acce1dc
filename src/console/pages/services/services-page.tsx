import { useCallback, useMemo } from 'preact/hooks';
import { Chips, type Chip } from '../../components/chips.js';
import { NothingMatches } from '../../components/nothing-matches.js';
import { EmptyState, Waiting } from '../../components/notice.js';
import { PageHead } from '../../components/page-head.js';
import { SearchField } from '../../components/search-field.js';
import type { ServiceGroup } from '../../data/catalog.js';
import { useRouter } from '../../hooks/router.js';
import { useCheckOutputs } from '../../hooks/check-outputs.js';
import { useStore } from '../../hooks/store.js';
import { count } from '../../words/service.js';
import { countsOf, factsOf, summaryOf } from './groups.js';
import { filterOf, instancesIn, rowsOf, type Row, type Show } from './rows.js';
import { ServicePage } from './service-page.js';
import { ServicesTable } from './table.js';
import { useLoads } from './use-loads.js';
import { useMarks } from './use-marks.js';
import './services.css';

/** `/ui/services`: all of them; `/ui/services/NAME`: one. */
export function ServicesPage({ rest }: { readonly rest: readonly string[] }) {
  const [name] = rest;
  return name === undefined ? <AllServices /> : <ServicePage key={name} name={name} />;
}

function AllServices() {
  const { address, filter: change } = useRouter();
  const services = useStore((state) => state.services);
  const isKnown = useStore((state) => state.link.state !== 'connecting');
  const marks = useMarks();
  const loads = useLoads();
  const { outputs, see } = useCheckOutputs();
  const onSight = useCallback((drawn: readonly Row[]) => see(instancesIn(drawn)), [see]);
  const filter = filterOf(address.query);
  const { query, show, isBrief } = filter;
  const { rows, services: shown } = useMemo(
    () => rowsOf(services, marks, { query, show, isBrief }, outputs),
    [services, marks, query, show, isBrief, outputs],
  );
  const chips = useMemo(() => chipsOf(services, marks.size, show), [services, marks, show]);
  return (
    <>
      <PageHead title="Services">{isKnown ? summaryOf(services) : ''}</PageHead>
      <div class="toolbar">
        <SearchField
          label="Search services, hosts, images, ports"
          value={query}
          onInput={(q) => change({ q }, { isTyping: true })}
        />
        <Chips label="Show" chips={chips} chosen={show} onChoose={(value) => change({ show: value })} />
        <div class="chips">
          <button type="button" aria-pressed={isBrief} onClick={() => change({ view: isBrief ? '' : 'brief' })}>
            Services only
          </button>
        </div>
      </div>
      <p class="visually-hidden" role="status">
        {query === '' && show === '' ? '' : `${count(shown, 'service')} shown`}
      </p>
      {rows.length > 0 ? (
        <ServicesTable rows={rows} label="Services and their instances" loads={loads} onSight={onSight} />
      ) : !isKnown ? (
        <Waiting>Asking the agent for its services</Waiting>
      ) : services.length === 0 ? (
        <EmptyState title="No services yet">
          <p>They appear here as soon as discovery finds them on this host, or another member tells of them.</p>
        </EmptyState>
      ) : (
        <NothingMatches label="Show all services">
          {query === '' ? 'No instance is in this state.' : <>No instance is found by “{query}”.</>}
        </NothingMatches>
      )}
    </>
  );
}

function chipsOf(services: readonly ServiceGroup[], marked: number, chosen: Show): readonly Chip[] {
  const counts = countsOf(services);
  const rolling = services.filter((group) => factsOf(group).isRolling).length;
  const chips: readonly (Chip & { readonly value: Show; readonly count: number })[] = [
    { value: 'alive', label: 'Alive', count: counts.Alive },
    { value: 'unhealthy', label: 'Unhealthy', count: counts.Unhealthy },
    { value: 'draining', label: 'Draining', count: counts.Draining },
    { value: 'unknown', label: 'Unknown', count: counts.Unknown },
    { value: 'gone', label: 'Gone', count: counts.Tombstone },
    { value: 'rolling', label: 'Several versions', count: rolling },
    { value: 'marked', label: 'Set aside or stale', count: marked },
  ];
  return [{ value: '', label: 'All' }, ...chips.filter((chip) => chip.count > 0 || chip.value === chosen)];
}
