import { useState } from 'preact/hooks';
import { Chart } from '../../components/chart.js';
import { Fact } from '../../components/facts.js';
import { Link } from '../../components/link.js';
import { TimeAgo } from '../../components/time-ago.js';
import type { Figures } from '../../data/figures.js';
import type { Proxy } from '../../data/proxy.js';
import { ALL, recentOf, type Rates } from '../../data/rates.js';
import { howText, rateText, serverWord } from '../../words/proxy.js';
import { numberText } from '../../words/service.js';
import { clockText, delayText } from '../../words/time.js';
import { chartLabel, spanOf } from './chart-label.js';

/** All services together, and how HAProxy is at the moment. */
export function Overview({
  figures,
  rates,
  proxy,
}: {
  readonly figures: Figures;
  readonly rates: Rates;
  readonly proxy: Proxy;
}) {
  const [pointed, setPointed] = useState<number>();
  const { requests = [], errors = [] } = rates.lines.get(ALL) ?? {};
  const at = pointed ?? rates.times.length - 1;
  const now = recentOf(requests);
  const sessions = figures.frontends.reduce((sum, each) => sum + each.sessions, 0);
  const all = figures.servers.length;
  const up = figures.servers.filter(({ status, weight }) => serverWord(status, weight).tone === 'alive').length;
  const isTcpThere = figures.frontends.some((each) => each.service !== undefined && each.requests === undefined);
  return (
    <div class="overview">
      <section class="card overview-chart" aria-label="All services together">
        <div class="legend">
          <span class="legend-requests">
            <b class="num">{valueText(requests[at])}</b> {isTcpThere ? 'requests and TCP connections' : 'requests'} /s
          </span>
          <span class="legend-errors">
            <b class="num">{valueText(errors[at])}</b> errors /s
          </span>
          <span class="soft num">
            {pointed === undefined || rates.times[pointed] === undefined ? 'now' : clockText(rates.times[pointed])}
          </span>
        </div>
        <Chart
          times={rates.times}
          lines={[
            { tone: 'accent', values: requests },
            { tone: 'bad', values: errors },
          ]}
          spanMs={spanOf(rates.times)}
          hasAxes
          class="chart-large"
          label={`${chartLabel('Requests', 'all services', now)}. ${chartLabel('Errors', 'all services', recentOf(errors))}`}
          onMoment={setPointed}
        />
      </section>
      <dl class="card fact-list">
        <Fact label="Servers">
          {up === all ? `all ${numberText(all)} up` : `${numberText(up)} of ${numberText(all)} up`}
        </Fact>
        <Fact label="Sessions">{numberText(sessions)}</Fact>
        <Fact label="Process">
          {proxy.pids.join(', ') || figures.pid}
          {proxy.oldProcesses.length > 0 ? <span class="soft"> + {proxy.oldProcesses.length} old</span> : null}
        </Fact>
        <Fact label="Reloads">{numberText(proxy.reloads.total)}</Fact>
        <Fact label="Last applied">
          {proxy.lastApply ? (
            <>
              <TimeAgo at={proxy.lastApply.time} /> ago{' '}
              <span class="soft">
                {howText(proxy.lastApply.how)}, <span class="ago">in {delayText(proxy.lastApply.tookMs)}</span>
              </span>
            </>
          ) : (
            <span class="soft">nothing yet</span>
          )}
        </Fact>
        {proxy.retiring.length > 0 ? <Fact label="Retiring servers">{proxy.retiring.length}</Fact> : null}
        {proxy.setAside.length + proxy.stale.length > 0 ? (
          <Fact label="Services">
            <Link to={['haproxy', 'changes']}>
              {[
                proxy.setAside.length > 0 ? `${proxy.setAside.length} set aside` : '',
                proxy.stale.length > 0 ? `${proxy.stale.length} stale` : '',
              ]
                .filter(Boolean)
                .join(', ')}
            </Link>
          </Fact>
        ) : null}
      </dl>
    </div>
  );
}

const valueText = (perSecond: number | null | undefined): string =>
  perSecond === null || perSecond === undefined ? '–' : rateText(perSecond);
