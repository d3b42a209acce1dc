import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Link } from '../components/link.js';
import { EmptyState } from '../components/notice.js';
import { PageHead } from '../components/page-head.js';
import { useCluster } from '../hooks/clusters.js';
import { useRouter } from '../hooks/router.js';
import { useStore } from '../hooks/store.js';
import { BuildNotice } from './build-notice.js';
import { ClusterSwitch } from './cluster-switch.js';
import { LinkNotice, LinkState } from './link-state.js';
import { PAGES } from './pages.js';
import { ThemeSwitch } from './theme-switch.js';

/** What is around every page. */
export function App() {
  const { address } = useRouter();
  const cluster = useCluster();
  const [name = PAGES[0]?.name, ...rest] = address.segments;
  const page = PAGES.find((each) => each.name === name);
  const main = useNewPageFocus(address.segments.join('/'));
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <div class="top-inner">
          <Link to={[PAGES[0]?.name ?? '']} class="brand">
            Sidecar
          </Link>
          <ClusterSwitch />
          <nav aria-label="Pages">
            {PAGES.map(({ name: each, label }) =>
              label === undefined ? null : (
                <Link key={each} to={[each]} isHere={each === name}>
                  {label}
                </Link>
              ),
            )}
          </nav>
          <div class="top-end">
            <LinkState />
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <div class="notices">
        <LinkNotice />
        <BuildNotice />
      </div>
      <main id="main" ref={main} tabIndex={-1}>
        {page ? <page.View key={cluster} rest={rest} /> : <NoSuchPage />}
      </main>
      <Foot />
    </>
  );
}

/** Another page is a new beginning, also for the keyboard and for who listens. */
function useNewPageFocus(path: string): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current !== path) main.current?.focus({ preventScroll: true });
    shown.current = path;
  }, [path]);
  return main;
}

const NoSuchPage = () => (
  <>
    <PageHead title="No such page" />
    <EmptyState title="There is nothing at this address">
      <p>
        <Link to={['services']}>All services</Link>
      </p>
    </EmptyState>
  </>
);

function Foot() {
  const cluster = useCluster();
  const hostname = useStore((state) => state.hostname);
  return (
    <footer>
      {hostname === '' ? null : <span>Seen from {hostname}</span>}
      {cluster === undefined ? (
        <>
          <a href="/ui/routes">All routes of the agent</a>
          <a href="/health">Health</a>
          <a href="/metrics">Metrics</a>
        </>
      ) : (
        <span>Asked through the agent of this page</span>
      )}
    </footer>
  );
}
