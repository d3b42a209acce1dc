import { useCallback } from 'preact/hooks';
import { Link } from '../../components/link.js';
import { EmptyState, Notice, Waiting } from '../../components/notice.js';
import { PageHead } from '../../components/page-head.js';
import { isPlain } from '../../data/console-state.js';
import type { Proxy } from '../../data/proxy.js';
import { frontendTotals } from '../../data/rates.js';
import { usePolled } from '../../hooks/polled.js';
import { useRates } from '../../hooks/rates.js';
import { useAgent, useStore } from '../../hooks/store.js';
import { durationText } from '../../words/time.js';
import { ChangesView } from './changes-view.js';
import { ConfigView } from './config-view.js';
import { FrontendsView } from './frontends-view.js';
import './haproxy.css';

/** Between an answer and the next question; the agent asks HAProxy at most once a second. */
const PACE = { everyMs: 2_000, leastMs: 1_000 };
/** Five minutes of them. */
const WINDOW = { points: 150, gapMs: 15_000 };

const PARTS = [
  { name: '', label: 'Frontends' },
  { name: 'changes', label: 'Changes' },
  { name: 'config', label: 'Configuration' },
];

/** `/ui/haproxy`: its frontends, live; `/ui/haproxy/changes`: what it runs and how it came to that; `/ui/haproxy/config`: its file. */
export function HaproxyPage({ rest }: { readonly rest: readonly string[] }) {
  const part = PARTS.find(({ name }) => name === rest[0])?.name ?? '';
  const { api } = useAgent();
  const proxy = useStore((state) => state.proxy);
  const isOriginal = useStore(({ link }) => isPlain(link));
  const isFrontends = part === '' && proxy !== undefined && proxy !== 'none';
  const ask = useCallback(() => api.figures(), [api]);
  const figures = usePolled(isFrontends ? ask : undefined, PACE);
  const rates = useRates(figures.value, frontendTotals, WINDOW);
  if (proxy === undefined) {
    return (
      <>
        <PageHead title="HAProxy" />
        {isOriginal ? (
          <EmptyState title="This agent does not tell what HAProxy does" />
        ) : (
          <Waiting>Asking the agent what HAProxy does</Waiting>
        )}
      </>
    );
  }
  if (proxy === 'none') return <LeftAlone />;
  return (
    <>
      <PageHead title="HAProxy">
        <Summary proxy={proxy} uptimeMs={figures.value?.uptimeMs} />
      </PageHead>
      <nav class="tabs" aria-label="Parts of this page">
        {PARTS.map(({ name, label }) => (
          <Link key={name} to={name === '' ? ['haproxy'] : ['haproxy', name]} isHere={name === part}>
            {label}
          </Link>
        ))}
      </nav>
      <Troubles proxy={proxy} />
      {part === '' ? <FrontendsView figures={figures} rates={rates} proxy={proxy} /> : null}
      {part === 'changes' ? <ChangesView proxy={proxy} /> : null}
      {part === 'config' ? <ConfigView proxy={proxy} /> : null}
    </>
  );
}

function Summary({ proxy, uptimeMs }: { readonly proxy: Proxy; readonly uptimeMs: number | undefined }) {
  const hostname = useStore((state) => state.hostname);
  const { isRunning, runtimeApi } = proxy;
  const runs = isRunning ? 'runs' : 'does not run';
  const since = isRunning && uptimeMs !== undefined ? `, reloaded or started ${durationText(uptimeMs)} ago` : '';
  return (
    <>
      {runtimeApi.version ?? 'It'} {runs}
      {hostname === '' ? '' : ` on ${hostname}`}
      {since}
    </>
  );
}

/** What is wrong with HAProxy as a whole stands on every part. */
function Troubles({ proxy: { isRunning, faults, config } }: { readonly proxy: Proxy }) {
  return (
    <>
      {isRunning ? null : (
        <Notice tone="bad" title="HAProxy does not run">
          <p>The agent starts it as soon as it can. Until then no service is served on this host.</p>
        </Notice>
      )}
      {faults.map(({ code, message }) => (
        <Notice key={code + message} tone="warn" title="Something keeps HAProxy behind the catalog">
          <p>
            {message} <code class="soft">{code}</code>
          </p>
        </Notice>
      ))}
      {config.behind === undefined ? null : (
        <Notice tone="warn" title="The file is behind what HAProxy runs">
          <p>{config.behind}</p>
        </Notice>
      )}
    </>
  );
}

const LeftAlone = () => (
  <>
    <PageHead title="HAProxy" />
    <EmptyState title="This agent leaves HAProxy alone">
      <p>
        All else works without it. To have it write and run a configuration here, set <code>haproxy.config_file</code>{' '}
        and take away <code>haproxy.disable</code>.
      </p>
    </EmptyState>
  </>
);
