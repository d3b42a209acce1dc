import { Link } from '../../components/link.js';
import { TimeAgo } from '../../components/time-ago.js';
import type { ClusterView } from '../../data/overview.js';
import { useTimed } from '../../hooks/now.js';
import { durationText, momentText } from '../../words/time.js';
import { figuresOf } from './heads-up.js';

/** One cluster at a glance; of one that is away the last that is known. */
export function ClusterCard({ cluster }: { readonly cluster: ClusterView }) {
  const { name, isSelf, facts, away } = cluster;
  return (
    <li class={away ? 'card cluster-card is-away' : 'card cluster-card'}>
      <div class="cluster-head">
        <h2>
          <Link to={['services']} query={{ cluster: isSelf ? undefined : name }}>
            {name}
          </Link>
        </h2>
        <Standing cluster={cluster} />
      </div>
      {facts ? (
        <dl class="figures">
          {figuresOf(facts).map(({ label, value, tone, more }) => (
            <div key={label} class={`figure figure-${tone}`} title={more === '' ? undefined : more}>
              <dt>{label}</dt>
              <dd class="num">{value}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <p class="soft">{away ? 'Nothing is known of it yet.' : 'Asking it.'}</p>
      )}
      {away ? <Away cluster={cluster} fault={away.fault} /> : facts ? <LastChange facts={facts} /> : null}
    </li>
  );
}

function Standing({ cluster: { isSelf, facts, away } }: { readonly cluster: ClusterView }) {
  const text = useTimed((now) => (away?.since === undefined ? 'Away' : `Away for ${durationText(now - away.since)}`));
  if (away) return <span class="badge badge-unhealthy">{text}</span>;
  if (!facts) return <span class="soft">Not asked yet</span>;
  return <span class="badge badge-alive">{isSelf ? 'This cluster' : 'Answers'}</span>;
}

function Away({ cluster: { facts, away }, fault }: { readonly cluster: ClusterView; readonly fault: string }) {
  const since = away?.since;
  const from = useTimed((now) => (since === undefined ? '' : momentText(since, now)));
  return (
    <p class="cluster-foot" title={fault}>
      {facts ? <span class="tag tag-stale">Old: from {from}</span> : null} <span class="soft">{fault}</span>
    </p>
  );
}

function LastChange({ facts: { changedAt, isPlain } }: { readonly facts: NonNullable<ClusterView['facts']> }) {
  return (
    <p class="cluster-foot soft">
      {changedAt === undefined ? null : (
        <>
          Changed <TimeAgo at={changedAt} /> ago
        </>
      )}
      {isPlain ? ' · tells its services only, as Go Sidecar does' : ''}
    </p>
  );
}
