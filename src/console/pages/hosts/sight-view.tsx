import { Link } from '../../components/link.js';
import { Notice, Waiting } from '../../components/notice.js';
import type { Polled } from '../../data/poll.js';
import type { Views } from '../../data/views.js';
import { sentence } from '../../words/sentence.js';
import { count } from '../../words/service.js';
import { stateText } from './host-words.js';
import { agreementText, namesText, sharedDifferences, silentHosts } from './sight.js';

/** The others are counted. */
const MAX_DIFFERENCES = 50;
/** Of one group; the others are folded. */
const MAX_NAMED = 20;

/** Whether the hosts see the same members: one sentence when they do. */
export function SightView({
  views: { value, fault },
  asker,
}: {
  readonly views: Polled<Views>;
  readonly asker: string;
}) {
  if (fault?.why === 'absent')
    return <p class="soft">This agent does not ask the others what they see: it is of another version.</p>;
  if (!value)
    return fault ? (
      <p class="soft">Not known. {sentence(fault.text)} It is asked again.</p>
    ) : (
      <Waiting>Asking all hosts</Waiting>
    );
  return (
    <>
      <Partitions groups={value.partitions} asker={asker} />
      <p>{agreementText(value)}</p>
      <Differences views={value} />
      <Silent views={value} />
    </>
  );
}

/** Above all else: the list of members looks well from each of the parts. */
export function PartitionNotice({ groups }: { readonly groups: readonly (readonly string[])[] }) {
  if (groups.length < 2) return null;
  return (
    <Notice tone="bad" title={`The cluster is in ${groups.length} parts that do not see each other`}>
      <p>Look at the network between them: the gossip port, UDP and TCP. Which they are stands below the members.</p>
    </Notice>
  );
}

function Partitions({ groups, asker }: { readonly groups: readonly (readonly string[])[]; readonly asker: string }) {
  if (groups.length < 2) return null;
  return (
    <>
      <p>The cluster is in {groups.length} parts that do not see each other:</p>
      <ul class="partitions">
        {groups.map((group) => (
          <li key={group[0]} class="card">
            <h3>
              {count(group.length, 'host')}
              {group.includes(asker) ? <span class="soft"> with this agent</span> : null}
            </h3>
            <Names names={group.slice(0, MAX_NAMED)} />
            {group.length <= MAX_NAMED ? null : (
              <details>
                <summary>{group.length - MAX_NAMED} more</summary>
                <Names names={group.slice(MAX_NAMED)} />
              </details>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

const Names = ({ names }: { readonly names: readonly string[] }) => (
  <p class="partition-hosts">
    {names.map((name) => (
      <Link key={name} to={['hosts', name]} class="tag">
        {name}
      </Link>
    ))}
  </p>
);

function Differences({ views }: { readonly views: Views }) {
  const differences = sharedDifferences(views);
  if (differences.length === 0) return null;
  const cut = Math.max(0, differences.length - MAX_DIFFERENCES);
  const omitted = views.hosts.reduce((sum, host) => sum + host.omitted, cut);
  return (
    <>
      <ul class="differences card">
        {differences.slice(0, MAX_DIFFERENCES).map(({ name, state, ours, hosts }) => (
          <li key={`${name} ${state} ${ours}`}>
            <Link to={['hosts', name]}>{name}</Link> is <b>{stateText(ours).toLowerCase()}</b> here, and{' '}
            <b>{stateText(state).toLowerCase()}</b> for <span title={hosts.join(', ')}>{namesText(hosts)}</span>
          </li>
        ))}
      </ul>
      {omitted > 0 ? <p class="soft">{count(omitted, 'more difference')} not listed.</p> : null}
    </>
  );
}

function Silent({ views }: { readonly views: Views }) {
  const silent = silentHosts(views);
  if (silent.length === 0) return null;
  return (
    <details class="silent">
      <summary>
        {count(silent.length, 'host')} {silent.length === 1 ? 'does' : 'do'} not say what{' '}
        {silent.length === 1 ? 'it sees' : 'they see'}
      </summary>
      <ul>
        {silent.map(({ name, message }) => (
          <li key={name}>
            <Link to={['hosts', name]}>{name}</Link> <span class="soft">{message ?? 'no answer'}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
