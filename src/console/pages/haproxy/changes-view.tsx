import type { ComponentChildren } from 'preact';
import { Link } from '../../components/link.js';
import { Waiting } from '../../components/notice.js';
import { TimeAgo } from '../../components/time-ago.js';
import type { AgentEvent } from '../../data/event.js';
import type { Proxy } from '../../data/proxy.js';
import { useRecentEvents } from '../../hooks/recent-events.js';
import { count } from '../../words/service.js';
import { durationText } from '../../words/time.js';
import { Applies } from './applies.js';
import { Applied, Runs, Ways, Wrong } from './panels.js';

const MAX_EVENTS = 100;
const ASKED = { kinds: ['proxy'], limit: MAX_EVENTS };
const isOfProxy = ({ kind }: AgentEvent): boolean => kind === 'proxy';

/** What HAProxy runs, how it got there, and what it does otherwise than the catalog says. */
export function ChangesView({ proxy }: { readonly proxy: Proxy }) {
  const events = useRecentEvents(ASKED, isOfProxy, MAX_EVENTS);
  return (
    <>
      <div class="panels">
        <Runs proxy={proxy} />
        <Applied proxy={proxy} />
        <Ways proxy={proxy} />
        <Wrong proxy={proxy} />
      </div>
      <Otherwise proxy={proxy} />
      <Retiring proxy={proxy} />
      {proxy.notices.length === 0 ? null : (
        <Listed title="What the template lacks for changes that nobody notices">
          {proxy.notices.map((notice) => (
            <li key={notice}>{notice}</li>
          ))}
        </Listed>
      )}
      <section aria-labelledby="changes">
        <h2 id="changes">What was applied</h2>
        {events ? <Applies events={events} /> : <Waiting>Asking the agent for its journal</Waiting>}
      </section>
    </>
  );
}

/** Services that are served otherwise than the catalog says. */
function Otherwise({ proxy: { setAside, stale } }: { readonly proxy: Proxy }) {
  if (setAside.length + stale.length === 0) return null;
  return (
    <Listed title="Served otherwise than the catalog says">
      {setAside.map(({ service, servicePort, message, code, since }) => (
        <li key={`${service} ${servicePort ?? ''} ${code}`}>
          <span class="tag tag-set-aside">Set aside</span> <ServiceName service={service} port={servicePort} />{' '}
          {message} <code class="soft">{code}</code>{' '}
          <span class="soft">
            for <TimeAgo at={since} />
          </span>
        </li>
      ))}
      {stale.map(({ service, servicePort, servers, sinceMs }) => (
        <li key={`${service} ${servicePort ?? ''}`}>
          <span class="tag tag-stale">Stale</span> <ServiceName service={service} port={servicePort} /> out of sight,
          and served by its last {servers === 1 ? 'server' : `${servers} servers`}{' '}
          {sinceMs === undefined ? null : <span class="soft">for {durationText(sinceMs)}</span>}
        </li>
      ))}
    </Listed>
  );
}

const ServiceName = ({ service, port }: { readonly service: string; readonly port: number | undefined }) => (
  <>
    <Link to={['services', service]}>{service}</Link>
    {port === undefined ? null : <span class="num soft">:{port}</span>}
  </>
);

function Retiring({ proxy: { retiring } }: { readonly proxy: Proxy }) {
  if (retiring.length === 0) return null;
  return (
    <Listed title="Removed servers that finish what they have">
      {retiring.map(({ backend, server, sinceMs, sessions }) => (
        <li key={`${backend}/${server}`}>
          <span class="mono">
            {backend}/{server}
          </span>{' '}
          <span class="soft">
            {sessions === undefined ? '' : `${count(sessions, 'session')}, `}for {durationText(sinceMs)}
          </span>
        </li>
      ))}
    </Listed>
  );
}

const Listed = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }) => (
  <section>
    <h2>{title}</h2>
    <ul class="card listed">{children}</ul>
  </section>
);
