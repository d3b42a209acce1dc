import { useCluster, useClusters } from '../hooks/clusters.js';
import { useRouter } from '../hooks/router.js';
import { useStore } from '../hooks/store.js';

/** Which cluster is shown; where there are others, a choice. The page stays the same. */
export function ClusterSwitch() {
  const { filter } = useRouter();
  const clusters = useClusters();
  const shown = useCluster();
  const name = useStore(({ clusterName }) => clusterName);
  const own = clusters.find(({ isSelf }) => isSelf)?.name ?? name;
  if (clusters.length < 2 && shown === undefined) return name === '' ? null : <span class="cluster">{name}</span>;
  const names = clusters.map((cluster) => cluster.name);
  const offered = shown === undefined || names.includes(shown) ? names : [...names, shown];
  return (
    <select
      class="cluster"
      aria-label="Cluster"
      value={shown ?? own}
      onChange={({ currentTarget: { value } }) => filter({ cluster: value === own ? '' : value })}
    >
      {offered.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  );
}
