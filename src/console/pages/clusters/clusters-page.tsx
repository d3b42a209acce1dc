import { useMemo, useRef } from 'preact/hooks';
import { Chips, type Chip } from '../../components/chips.js';
import { NothingMatches } from '../../components/nothing-matches.js';
import { Waiting } from '../../components/notice.js';
import { PageHead } from '../../components/page-head.js';
import { SearchField } from '../../components/search-field.js';
import type { ClusterView } from '../../data/overview.js';
import { useClusters, useClustersAsked } from '../../hooks/clusters.js';
import { useAgentClock } from '../../hooks/now.js';
import { useRouter } from '../../hooks/router.js';
import { count } from '../../words/service.js';
import { ClusterCard } from './cluster-card.js';
import { DeploymentList } from './deployment-list.js';
import { followDeployments, type Deployment } from './deployments.js';
import { summaryOf } from './heads-up.js';
import { filterOf, isShown, sideBySide, type ServiceRow, type Show } from './side-by-side.js';
import { SideBySideTable } from './side-by-side-table.js';
import './clusters.css';

/** `/ui/clusters`: each cluster at a glance, what is being deployed, and what runs where. */
export function ClustersPage() {
  useClustersAsked();
  const clusters = useClusters();
  const deployments = useDeployments(clusters);
  return (
    <>
      <PageHead title="Clusters">{clusters.length > 1 ? summaryOf(clusters) : ''}</PageHead>
      {clusters.length === 0 ? <Waiting>Asking the agent which clusters there are</Waiting> : null}
      <ul class="clusters" aria-label="Clusters">
        {clusters.map((cluster) => (
          <ClusterCard key={cluster.name} cluster={cluster} />
        ))}
      </ul>
      {clusters.length === 1 ? (
        <p class="soft">
          Other clusters stand here when an agent of each is named in <code>[console] clusters</code>.
        </p>
      ) : null}
      <section aria-labelledby="deployments">
        <h2 id="deployments">Deployments</h2>
        <DeploymentList deployments={deployments} />
      </section>
      <SideBySide clusters={clusters} />
    </>
  );
}

function SideBySide({ clusters }: { readonly clusters: readonly ClusterView[] }) {
  const { address, filter: change } = useRouter();
  const { query, show } = filterOf(address.query);
  const all = useMemo(() => sideBySide(clusters), [clusters]);
  const rows = useMemo(() => all.filter((row) => isShown(row, { query, show })), [all, query, show]);
  const known = useMemo(() => clusters.filter(({ facts }) => facts !== undefined), [clusters]);
  if (all.length === 0) return null;
  return (
    <section aria-labelledby="side-by-side">
      <h2 id="side-by-side">
        What runs where <small class="soft">{count(rows.length, 'service')}</small>
      </h2>
      <div class="toolbar">
        <SearchField
          label="Search services, versions"
          value={query}
          onInput={(q) => change({ q }, { isTyping: true })}
        />
        <Chips label="Show" chips={chipsOf(all, show)} chosen={show} onChoose={(value) => change({ show: value })} />
      </div>
      {rows.length > 0 ? (
        <SideBySideTable rows={rows} clusters={known} />
      ) : (
        <NothingMatches label="Show all services" />
      )}
    </section>
  );
}

function chipsOf(rows: readonly ServiceRow[], chosen: Show): readonly Chip[] {
  const of = (isMeant: (row: ServiceRow) => boolean): number => rows.filter(isMeant).length;
  const chips: readonly (Chip & { readonly value: Show; readonly count: number })[] = [
    { value: 'different', label: 'Different versions', count: of(({ differs }) => differs) },
    { value: 'rolling', label: 'Several versions', count: of(({ isRolling }) => isRolling) },
    { value: 'unwell', label: 'Not all alive', count: of(({ isUnwell }) => isUnwell) },
    { value: 'missing', label: 'Not everywhere', count: of(({ isMissing }) => isMissing) },
  ];
  return [{ value: '', label: 'All' }, ...chips.filter((chip) => chip.count > 0 || chip.value === chosen)];
}

/** Those of now, and those that ended while this page is shown. */
function useDeployments(clusters: readonly ClusterView[]): readonly Deployment[] {
  const now = useAgentClock();
  const known = useRef<readonly Deployment[]>([]);
  const sole = useRef(new Map<string, string>());
  return useMemo(() => {
    known.current = followDeployments(known.current, sole.current, clusters, now());
    return known.current;
  }, [clusters, now]);
}
