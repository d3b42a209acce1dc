import { useMemo } from 'preact/hooks';
import { Chips, type Chip } from '../../components/chips.js';
import { Link } from '../../components/link.js';
import { NothingMatches } from '../../components/nothing-matches.js';
import { Notice, Waiting } from '../../components/notice.js';
import { PageHead } from '../../components/page-head.js';
import { SearchField } from '../../components/search-field.js';
import type { ServiceGroup } from '../../data/catalog.js';
import { isPlain } from '../../data/console-state.js';
import type { Contested } from '../../data/convergence.js';
import { useRouter } from '../../hooks/router.js';
import { useStore } from '../../hooks/store.js';
import { count } from '../../words/service.js';
import { HostPage } from './host-page.js';
import {
  HOST_SHOWS,
  hostRows,
  isHostFound,
  isShown,
  loadsOf,
  loadText,
  type HostRow,
  type HostShow,
} from './host-rows.js';
import { delaysText, oddVersions } from './host-words.js';
import { HostsTable } from './hosts-table.js';
import { namesText } from './sight.js';
import { PartitionNotice, SightView } from './sight-view.js';
import { useConvergence, useViews } from './use-cluster.js';
import './hosts.css';

/** `/ui/hosts`: all members; `/ui/hosts/HOST`: one. */
export function HostsPage({ rest }: { readonly rest: readonly string[] }) {
  const [name] = rest;
  return name === undefined ? <AllHosts /> : <HostPage key={name} name={name} />;
}

const NO_MEMBERS: readonly [] = [];

function AllHosts() {
  const { address, filter: change } = useRouter();
  const members = useStore((state) => state.members);
  const services = useStore((state) => state.services);
  const hostname = useStore((state) => state.hostname);
  const isOriginal = useStore(({ link }) => isPlain(link));
  const convergence = useConvergence();
  const views = useViews();
  const query = address.query['q'] ?? '';
  const show = HOST_SHOWS.find((each) => each === address.query['show']) ?? '';
  const rows = useMemo(
    () => hostRows(members ?? NO_MEMBERS, services, convergence.value),
    [members, services, convergence.value],
  );
  const shown = useMemo(() => rows.filter((row) => isShown(row, show) && isHostFound(row, query)), [rows, show, query]);
  const odd = useMemo(() => oddVersions(members ?? NO_MEMBERS), [members]);
  if (!members)
    return (
      <>
        <PageHead title="Hosts" />
        {isOriginal ? <HostsOfCatalog services={services} /> : <Waiting>Asking the agent for its members</Waiting>}
      </>
    );
  return (
    <>
      <PageHead title="Hosts">{summaryOf(rows)}</PageHead>
      {views.value ? <PartitionNotice groups={views.value.partitions} /> : null}
      {convergence.value ? <ContestedPorts contested={convergence.value.contested} /> : null}
      <div class="toolbar">
        <SearchField
          label="Search names, addresses, states"
          value={query}
          onInput={(q) => change({ q }, { isTyping: true })}
        />
        <Chips label="Show" chips={chipsOf(rows, show)} chosen={show} onChoose={(value) => change({ show: value })} />
      </div>
      <p class="visually-hidden" role="status">
        {query === '' && show === '' ? '' : `${count(shown.length, 'host')} shown`}
      </p>
      {shown.length > 0 ? (
        <HostsTable rows={shown} odd={odd} asker={hostname} />
      ) : (
        <NothingMatches label="Show all hosts" />
      )}
      <section aria-labelledby="changes">
        <h2 id="changes">How changes arrive</h2>
        <p>
          {convergence.fault?.why === 'absent'
            ? 'This agent does not tell how long changes take: it is of another version.'
            : delaysText(convergence.value)}
        </p>
      </section>
      <section aria-labelledby="sight">
        <h2 id="sight">Who sees whom</h2>
        <SightView views={views} asker={hostname} />
      </section>
    </>
  );
}

/** What can be shown where the agent tells of no members. */
function HostsOfCatalog({ services }: { readonly services: readonly ServiceGroup[] }) {
  const loads = useMemo(() => [...loadsOf(services)].sort(([a], [b]) => (a < b ? -1 : 1)), [services]);
  return (
    <>
      <p class="soft">This agent does not tell of the members. These are the hosts that run something:</p>
      <ul class="differences card">
        {loads.map(([name, load]) => (
          <li key={name}>
            <Link to={['hosts', name]}>{name}</Link> {loadText(load)}
          </li>
        ))}
      </ul>
    </>
  );
}

function chipsOf(rows: readonly HostRow[], chosen: HostShow): readonly Chip[] {
  const counted = (value: HostShow): number => rows.filter((row) => isShown(row, value)).length;
  const chips: readonly (Chip & { readonly value: HostShow })[] = [
    { value: 'trouble', label: 'To look at', count: counted('trouble') },
    { value: 'alive', label: 'Alive', count: counted('alive') },
    { value: 'away', label: 'Not alive', count: counted('away') },
  ];
  return [{ value: '', label: 'All' }, ...chips.filter((chip) => chip.count !== 0 || chip.value === chosen)];
}

function summaryOf(rows: readonly HostRow[]): string {
  const alive = rows.filter(({ member }) => member.state === 'alive').length;
  const instances = rows.reduce((sum, { load }) => sum + load.instances, 0);
  return `${alive} of ${count(rows.length, 'member')} alive, ${count(instances, 'instance')}`;
}

const ContestedPorts = ({ contested }: { readonly contested: readonly Contested[] }) => (
  <>
    {contested.map(({ servicePort, holders }) => (
      <Notice key={servicePort} tone="warn" title={`ServicePort ${servicePort} is contested`}>
        <p>
          {holders
            .map(
              ({ service, hosts }) =>
                `${namesText(hosts)} ${hosts.length === 1 ? 'gives' : 'give'} it to ${service ?? 'a service that is not known here'}`,
            )
            .join('; ')}
          . End one of the services, or give it another ServicePort.
        </p>
      </Notice>
    ))}
  </>
);
