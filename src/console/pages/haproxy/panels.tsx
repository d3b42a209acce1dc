import type { ComponentChildren } from 'preact';
import { Fact } from '../../components/facts.js';
import { Link } from '../../components/link.js';
import { TimeAgo } from '../../components/time-ago.js';
import type { Counts, Proxy } from '../../data/proxy.js';
import { causeText, howText, operationText } from '../../words/proxy.js';
import { count, numberText } from '../../words/service.js';
import { delayText } from '../../words/time.js';

function Panel({
  title,
  about,
  children,
}: {
  readonly title: string;
  readonly about?: ComponentChildren;
  readonly children?: ComponentChildren;
}) {
  return (
    <section class="card panel">
      <h2>
        {title}
        {about === undefined ? null : <small class="soft">{about}</small>}
      </h2>
      {children}
    </section>
  );
}

/** The processes that there are, and how they are asked. */
export function Runs({
  proxy: { isRunning, pids, oldProcesses, endedOldProcesses, runtimeApi },
}: {
  readonly proxy: Proxy;
}) {
  const { isAvailable, socket, version, fault } = runtimeApi;
  return (
    <Panel title="HAProxy" about={version}>
      <dl class="fact-list">
        <Fact label="Runs">
          {isRunning ? `as process ${pids.join(', ')}` : <span class="tone-bad">not at the moment</span>}
        </Fact>
        <Fact label="Old processes">
          {oldProcesses.length === 0 ? <span class="soft">none</span> : null}
          {oldProcesses.map(({ pid, since }) => (
            <div key={pid}>
              {pid}{' '}
              <span class="soft">
                finishes what it has, for <TimeAgo at={since} />
              </span>
            </div>
          ))}
          {endedOldProcesses === 0 ? null : (
            <div class="soft">{numberText(endedOldProcesses)} ended, for there were too many</div>
          )}
        </Fact>
        <Fact label="Runtime API">
          {isAvailable ? 'answers' : <span class="tone-warn">{fault ?? 'is not used'}</span>}
          {socket === '' ? null : <div class="path soft">{socket}</div>}
        </Fact>
      </dl>
    </Panel>
  );
}

/** How the newest state came to HAProxy. */
export function Applied({ proxy: { lastApply, config } }: { readonly proxy: Proxy }) {
  return (
    <Panel title="Last applied" about={lastApply ? <Since at={lastApply.time} /> : 'nothing yet'}>
      <dl class="fact-list">
        {lastApply ? (
          <>
            <Fact label="How">
              {howText(lastApply.how)} <span class="soft">in {delayText(lastApply.tookMs)}</span>
            </Fact>
            <Fact label="Why">{lastApply.reason === '' ? <span class="soft">–</span> : lastApply.reason}</Fact>
          </>
        ) : null}
        <Fact label="File">
          <span class="path">{config.path}</span>
          <div class="soft">{config.isVerified ? 'accepted by HAProxy' : 'not yet accepted by HAProxy'}</div>
        </Fact>
        <Fact label="Digest">
          <Link to={['haproxy', 'config']}>
            <code>{config.runtimeDigest ?? 'not known'}</code>
          </Link>
        </Fact>
      </dl>
    </Panel>
  );
}

const Since = ({ at }: { readonly at: number | undefined }) => (
  <>
    <TimeAgo at={at} /> ago
  </>
);

/** How changes came to HAProxy. */
export const Ways = ({ proxy: { reloads, operations } }: { readonly proxy: Proxy }) => (
  <Panel title="How changes came" about="since the agent began">
    <div class="halves">
      <Tally
        title={reloads.total === 0 ? 'No reload' : count(reloads.total, 'reload')}
        counts={reloads.byCause}
        wordOf={causeText}
      />
      <Tally
        title={operations.size === 0 ? 'No command' : 'Servers, by commands'}
        counts={operations}
        wordOf={operationText}
      />
    </div>
  </Panel>
);

export function Wrong({ proxy: { drift, failures, lastError } }: { readonly proxy: Proxy }) {
  const { looks, found, repaired, last } = drift;
  return (
    <Panel title="What went wrong" about="since the agent began">
      <dl class="fact-list">
        <Fact label="Drift">
          {found === 0
            ? `none in ${count(looks, 'look')}`
            : `${count(found, 'server')} found otherwise, ${numberText(repaired)} repaired`}
          {last ? (
            <div class="soft">
              <Since at={last.time} />: {last.what}
            </div>
          ) : null}
        </Fact>
        <Fact label="Failures">
          {failures.size === 0 ? 'none' : null}
          {[...failures].map(([code, n]) => (
            <div key={code}>
              {numberText(n)} × <code>{code}</code>
            </div>
          ))}
        </Fact>
        {lastError ? (
          <Fact label="The last">
            <Since at={lastError.time} /> <span class="soft">{lastError.message}</span>
          </Fact>
        ) : null}
      </dl>
    </Panel>
  );
}

/** Counts by what they are of, the most first, each as long as its share. */
function Tally({
  title,
  counts,
  wordOf,
}: {
  readonly title: string;
  readonly counts: Counts;
  readonly wordOf: (key: string) => string;
}) {
  if (counts.size === 0) return <p class="soft">{title}</p>;
  const most = Math.max(...counts.values());
  return (
    <table class="bars">
      <caption>{title}</caption>
      <tbody>
        {[...counts].map(([key, n]) => (
          <tr key={key}>
            <td class="num">{numberText(n)}</td>
            <th scope="row" title={key}>
              {wordOf(key)}
              <span class="bar" aria-hidden="true" style={{ width: `${(100 * n) / most}%` }} />
            </th>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
