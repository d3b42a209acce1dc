import { render } from 'preact';
import { createApi } from './data/api.js';
import { baseOf } from './data/clusters.js';
import { Overview } from './data/overview.js';
import { Store } from './data/store.js';
import { App } from './frame/app.js';
import { PAGES } from './frame/pages.js';
import { ClustersProvider } from './hooks/clusters.js';
import { RouterProvider } from './hooks/router.js';
import type { Agent } from './hooks/store.js';
import { browserClock, getJson, openEventSource, sendChange } from './platform/browser.js';
import { applyTheme, keptTheme } from './platform/theme.js';
import './style/tokens.css';
import './style/base.css';
import './style/frame.css';
import './style/components.css';

applyTheme(keptTheme());

const agents = new Map<string | undefined, Agent>();

function agentOf(cluster: string | undefined): Agent {
  const known = agents.get(cluster);
  if (known) return known;
  const base = cluster === undefined ? '' : baseOf(cluster);
  const api = createApi(getJson, base, cluster === undefined ? sendChange : undefined);
  const agent = { api, store: new Store({ api, open: openEventSource, clock: browserClock }, base) };
  agents.set(cluster, agent);
  return agent;
}

const overview = new Overview((cluster) => agentOf(cluster).api, browserClock);

const root = document.getElementById('console');
if (root) {
  render(
    <RouterProvider pages={new Set(PAGES.map(({ name }) => name))}>
      <ClustersProvider clusters={{ overview, agentOf }}>
        <App />
      </ClustersProvider>
    </RouterProvider>,
    root,
  );
}
