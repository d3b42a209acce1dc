import { Fact, Facts } from '../../components/facts.js';
import { Link } from '../../components/link.js';
import { StatusBadge } from '../../components/status-badge.js';
import { TimeAgo } from '../../components/time-ago.js';
import type { KnownInstance } from '../../data/catalog.js';
import type { InstanceExplanation } from '../../data/explanation.js';
import { useStore } from '../../hooks/store.js';
import { imageName, portText } from '../../words/service.js';
import { arrivalText } from './arrival.js';

/** What is known of an instance, at a glance. @param explanation undefined while it is not known */
export function InstanceFacts({
  instance,
  explanation,
}: {
  readonly instance: KnownInstance;
  readonly explanation: InstanceExplanation | undefined;
}) {
  const knownSince = useStore((state) => state.changesKnownSince);
  const { host, status, changedAt, image, created, updated, ports, mode, detail } = instance;
  const { name, version } = imageName(image);
  const came = explanation && arrivalText(explanation);
  return (
    <Facts>
      <Fact label="Status">
        <StatusBadge status={status} title={detail} />{' '}
        <span class="soft">
          for <TimeAgo at={changedAt} knownSince={knownSince} />
        </span>
      </Fact>
      <Fact label="Version">
        <b>{version === '' ? 'no tag' : version}</b>{' '}
        <span class="soft" title={image}>
          {name}
        </span>
      </Fact>
      <Fact label="Host">
        <Link to={['hosts', host]}>{host}</Link>
      </Fact>
      <Fact label={ports.length === 1 ? 'Port' : 'Ports'}>
        {ports.length === 0 ? <span class="soft">none</span> : null}
        {ports.map((port) => (
          <span key={portText(port)} class="fact-port num" title={`${port.ip}:${port.port}`}>
            {portText(port)}
          </span>
        ))}
        {mode === '' || mode === 'http' ? null : <span class="soft"> {mode}</span>}
      </Fact>
      {created === undefined ? null : (
        <Fact label="Started">
          <TimeAgo at={created} /> ago
        </Fact>
      )}
      <Fact label="Announced">
        <TimeAgo at={updated} /> ago
        {came === undefined ? null : <span class="soft"> {came}</span>}
      </Fact>
    </Facts>
  );
}
