import { useState } from 'preact/hooks';
import { Link } from '../../components/link.js';
import { TimeAgo } from '../../components/time-ago.js';
import { count, numberText } from '../../words/service.js';
import type { Deployment } from './deployments.js';

const FEW = 12;

export function DeploymentList({ deployments }: { readonly deployments: readonly Deployment[] }) {
  const [isAll, setAll] = useState(false);
  if (deployments.length === 0) return <p class="soft">No service runs in several versions.</p>;
  const shown = isAll ? deployments : deployments.slice(0, FEW);
  return (
    <>
      <ul class="card deployments">
        {shown.map((deployment) => (
          <Line key={`${deployment.cluster} ${deployment.service}`} deployment={deployment} />
        ))}
      </ul>
      {deployments.length > shown.length ? (
        <p class="deployments-more">
          <button type="button" onClick={() => setAll(true)}>
            {count(deployments.length - shown.length, 'more deployment')}
          </button>
        </p>
      ) : null}
    </>
  );
}

function Line({
  deployment: { cluster, clusterParameter, service, from, to, isSure, done, all, since, endedAt },
}: {
  readonly deployment: Deployment;
}) {
  const text = `${numberText(done)} of ${numberText(all)}${isSure ? '' : ` run ${to}`}`;
  return (
    <li class={endedAt === undefined ? undefined : 'is-over'}>
      <span class="deployment-service">
        <Link to={['services', service]} query={{ cluster: clusterParameter }}>
          {service}
        </Link>
      </span>
      <span class="deployment-cluster">{cluster}</span>
      <span class="deployment-versions">
        {isSure ? (
          <>
            <span class="soft">{from}</span> <span class="visually-hidden">to</span>
            <span aria-hidden="true" class="soft">
              →
            </span>{' '}
            <b>{to}</b>
          </>
        ) : (
          <span title="Which of them is the new one is not known">
            {from} / {to}
          </span>
        )}
      </span>
      <span class="deployment-meter" aria-hidden="true">
        <span style={{ width: `${(100 * done) / Math.max(1, all)}%` }} />
      </span>
      <span class="num">{endedAt === undefined ? text : `${text}, done`}</span>
      <span class="soft deployment-since">
        {endedAt === undefined ? (
          since === undefined ? null : (
            <>
              began <TimeAgo at={since} /> ago
            </>
          )
        ) : (
          <>
            ended <TimeAgo at={endedAt} /> ago
          </>
        )}
      </span>
    </li>
  );
}
