import { createContext, type ComponentChildren } from 'preact';
import { useContext, useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { ClusterView, Overview } from '../data/overview.js';
import { isPageVisible, onPageVisible } from '../platform/browser.js';
import { useRouter } from './router.js';
import { AgentProvider, type Agent } from './store.js';

/** Whom this page may ask. */
export interface Clusters {
  readonly overview: Overview;
  /** An agent of a cluster, made when it is first asked for, and kept. @param name undefined: the one that serves this page */
  readonly agentOf: (name: string | undefined) => Agent;
}

const Context = createContext<Clusters | undefined>(undefined);

/**
 * The cluster of `?cluster=NAME`, without it that of the agent that serves this page, for all components inside; it alone is followed,
 * while somebody may be looking.
 */
export function ClustersProvider({
  clusters,
  children,
}: {
  readonly clusters: Clusters;
  readonly children: ComponentChildren;
}) {
  const { overview, agentOf } = clusters;
  const name = useShownCluster(overview);
  const agent = agentOf(name);
  useEffect(() => {
    const look = (isVisible: boolean): void => (isVisible ? overview.seek() : overview.rest());
    look(isPageVisible());
    const end = onPageVisible(look);
    return () => {
      end();
      overview.rest();
    };
  }, [overview]);
  useLayoutEffect(() => {
    const { store } = agent;
    const hurry = (): void => store.hurry();
    const look = (isVisible: boolean): void => (isVisible ? store.start() : store.pause());
    look(isPageVisible());
    const end = onPageVisible(look);
    window.addEventListener('online', hurry);
    return () => {
      end();
      window.removeEventListener('online', hurry);
      store.stop();
    };
  }, [agent]);
  return (
    <Context.Provider value={clusters}>
      <AgentProvider agent={agent}>{children}</AgentProvider>
    </Context.Provider>
  );
}

/** All clusters, the own one first; empty until they are known. */
export function useClusters(): readonly ClusterView[] {
  return useViews(useOverview());
}

/** The cluster that is shown. @returns undefined for the own one */
export function useCluster(): string | undefined {
  return useShownCluster(useOverview());
}

/** Has all clusters asked, while the component is there and somebody may be looking. */
export function useClustersAsked(): void {
  const overview = useOverview();
  useEffect(() => {
    const look = (isVisible: boolean): void => (isVisible ? overview.start() : overview.stop());
    look(isPageVisible());
    const end = onPageVisible(look);
    return () => {
      end();
      overview.stop();
    };
  }, [overview]);
}

function useOverview(): Overview {
  const clusters = useContext(Context);
  if (!clusters) throw new Error('there are no clusters around this component');
  return clusters.overview;
}

function useViews(overview: Overview): readonly ClusterView[] {
  const [views, setViews] = useState(() => overview.clusters());
  useEffect(() => {
    const look = (): void => setViews(overview.clusters());
    look();
    return overview.subscribe(look);
  }, [overview]);
  return views;
}

function useShownCluster(overview: Overview): string | undefined {
  const { address } = useRouter();
  const views = useViews(overview);
  const name = address.query['cluster'];
  return name === undefined || name === '' || views.some((view) => view.isSelf && view.name === name)
    ? undefined
    : name;
}
