import { useMemo } from 'preact/hooks';
import { usePolled } from '../../hooks/polled.js';
import { useAgent, useStore } from '../../hooks/store.js';
import { sentence } from '../../words/sentence.js';
import { numberText } from '../../words/service.js';
import { delayText, durationText } from '../../words/time.js';
import { serversOf } from './servers.js';

/** HAProxy is asked for all it counts. */
const PACE = { everyMs: 5_000, leastMs: 2_000 };

/** What HAProxy of the agent's host has of the instance; nothing where there is no HAProxy. */
export function ServerView({
  host,
  id,
  cause,
}: {
  readonly host: string;
  readonly id: string;
  /** Asks anew when it is another one. */
  readonly cause: string;
}) {
  const { api } = useAgent();
  const hostname = useStore((state) => state.hostname);
  const hasProxy = useStore(({ proxy }) => proxy !== undefined && proxy !== 'none');
  const ask = useMemo(() => (hasProxy ? () => api.figures() : undefined), [api, hasProxy]);
  const { value, fault } = usePolled(ask, PACE, cause);
  if (fault?.why === 'absent' || (!value && !fault)) return null;
  const servers = value ? serversOf(value, host, id) : [];
  return (
    <section aria-labelledby="servers">
      <h2 id="servers">
        HAProxy on {hostname}
        {value?.uptimeMs === undefined ? null : (
          <small class="soft">counts for {durationText(value.uptimeMs)}, since its last reload or start</small>
        )}
      </h2>
      {fault ? <p class="soft">Its figures are not known. {sentence(fault.text)} It is asked again.</p> : null}
      {value && servers.length === 0 ? <p class="soft">It has no server for this instance.</p> : null}
      {servers.length === 0 ? null : (
        <div class="card table-scroll" role="region" aria-label="Its servers" tabIndex={0}>
          <table class="plain-table">
            <thead>
              <tr>
                <th scope="col">Offered at</th>
                <th scope="col">State</th>
                <th scope="col" class="right">
                  Weight
                </th>
                <th scope="col" class="right">
                  Sessions now
                </th>
                <th scope="col" class="right">
                  Requests
                </th>
                <th scope="col" class="right">
                  Errors
                </th>
                <th scope="col" class="right">
                  Answers in
                </th>
              </tr>
            </thead>
            <tbody>
              {servers.map((server) => (
                <tr key={`${server.backend}/${server.server}`}>
                  <th scope="row" title={`${server.backend}/${server.server}`}>
                    {server.servicePort === undefined ? server.backend : `:${server.servicePort}`}
                  </th>
                  <td title={[server.status, server.check].filter(Boolean).join(', check ')}>
                    <span class={`badge badge-${server.word.tone}`}>{server.word.word}</span>
                  </td>
                  <td class="right num">{server.weight}</td>
                  <td class="right num">{numberText(server.sessions)}</td>
                  <td class="right num">{server.requests === undefined ? '–' : numberText(server.requests)}</td>
                  <td class={`right num${server.errors > 0 ? ' tone-bad' : ''}`}>{numberText(server.errors)}</td>
                  <td class="right num">{server.responseMs === undefined ? '–' : delayText(server.responseMs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
