import { Status, statusName, type Port } from '../service/service.js';
import type { CheckFacts, FoundFacts, RecordFacts, SourceFacts } from './facts.js';
import { done, stopped, waiting, type Step } from './step.js';
import { excerpt, span } from './words.js';

/** The way of an instance on its own host, as far as it goes there. */
export function originWalk(service: string, found: FoundFacts, own: RecordFacts | undefined): readonly Step[] {
  const { leftOut, source, what, id } = found;
  const facts = { source, what, id };
  if (leftOut) return [stopped('discovered', leftOut.code, `${what} is left out: ${leftOut.why}`, facts)];
  const ports = portsStep(found.ports, found);
  return [
    done('discovered', `${source} discovery sees ${what}`, facts),
    namedStep(service, found),
    ports,
    ...(ports.code === undefined ? [checkedStep(found.check), announcedStep(found, own)] : []),
  ];
}

/**
 * The same for what discovery does not report: why not, as far as that is known.
 *
 * @param own the record that is left of it
 */
export function unfoundWalk(sources: readonly SourceFacts[], own: RecordFacts | undefined): readonly Step[] {
  const ailing = sources.find(({ hasListed }) => !hasListed) ?? sources.find(({ problem }) => problem !== undefined);
  const facts = { sources: sources.map(({ source }) => source) };
  if (ailing?.problem !== undefined) {
    const code = ailing.source === 'docker' ? 'DOCKER_UNREACHABLE' : 'STATIC_FILE_BROKEN';
    return [stopped('discovered', code, ailing.problem, facts)];
  }
  if (ailing)
    return [
      waiting('discovered', 'DISCOVERY_PENDING', `${ailing.source} discovery has not listed anything yet`, facts),
    ];
  const since = own?.lastChange?.atNs;
  return [stopped('discovered', 'ENDED', 'discovery does not report it any more', { ...facts, since })];
}

const NAMED_BY: Readonly<Record<string, string>> = {
  Names: "name_match finds it in the container's name",
  Image: 'no label and no pattern names it, so it is called like its image',
  file: 'the static file says so',
};

function namedStep(service: string, { name, namedBy, what }: FoundFacts): Step {
  const rule = NAMED_BY[namedBy] ?? `the label ${namedBy} says so`;
  const facts = { name, rule: namedBy };
  if (name === service) return done('named', `${name}: ${rule}`, facts);
  return stopped('named', 'NAMED_OTHERWISE', `${what} is announced as ${name}: ${rule}`, facts);
}

/** @param found what is known of how the ports came to be; undefined on other hosts */
export function portsStep(ports: readonly Port[] | null, found?: FoundFacts): Step {
  const all = ports ?? [];
  const words = all.map(wordsOf);
  const facts = { ports: words, published: found?.published };
  const offered = all.filter(({ type, servicePort }) => type === 'tcp' && servicePort > 0);
  if (offered.length > 0) return done('ports', offered.map(wordsOf).join(', '), facts);
  if (all.length === 0) return stopped('ports', 'NO_PORT', 'it has no published port', facts);
  const other = all.find(({ servicePort }) => servicePort > 0);
  if (other) {
    const text = `ServicePort ${other.servicePort} is of a port that is ${other.type || 'of no type'}, not tcp`;
    return stopped('ports', 'SERVICE_PORT_NOT_TCP', text, facts);
  }
  const complaint = found?.complaints.find((text) => text.includes(': ServicePort'));
  if (complaint !== undefined) return stopped('ports', 'SERVICE_PORT_LABEL_WRONG', complaint, facts);
  const [label] = found?.servicePortLabels ?? [];
  if (label !== undefined)
    return stopped(
      'ports',
      'SERVICE_PORT_LABEL_WRONG',
      `the label ${label} is for a port that is not published`,
      facts,
    );
  return stopped('ports', 'NO_SERVICE_PORT', `it has ports (${words.join(', ')}), and none has a ServicePort`, facts);
}

const wordsOf = ({ type, port, servicePort, ip }: Port): string =>
  `${ip}:${port}/${type}${servicePort > 0 ? ` at ServicePort ${servicePort}` : ''}`;

function checkedStep(check: CheckFacts | undefined): Step {
  if (!check) return waiting('checked', 'NOT_CHECKED_YET', 'its check has not begun');
  const { kind, status, reason, output, endedAgoMs, runningMs, isWaiting, timeoutMs, rise, fall, streak } = check;
  const facts = { kind, status, reason, output, endedAgoMs, runningMs, timeoutMs, intervalMs: check.intervalMs };
  const said = excerpt(output);
  const ago = endedAgoMs === undefined ? '' : ` ${span(endedAgoMs)} ago`;
  if (status === 'healthy' && reason !== 'check-passed') {
    const times = `${streak} of the ${fall} times that make it unhealthy`;
    return done('checked', `its ${kind} check failed${ago}, ${times}: ${said}`, facts);
  }
  if (status === 'healthy') {
    const text = kind === 'known' ? `nothing is to be checked: ${said}` : `its ${kind} check passed${ago}: ${said}`;
    return done('checked', text, facts);
  }
  if (status === 'failed' && reason === 'check-timed-out')
    return stopped(
      'checked',
      'CHECK_TIMED_OUT',
      `its ${kind} check did not end within ${span(timeoutMs)}: ${said}`,
      facts,
    );
  if (status === 'failed' && reason === 'check-failed')
    return stopped('checked', 'CHECK_FAILED', `its ${kind} check failed${ago}: ${said}`, facts);
  const passed = `its ${kind} check passed ${streak} of ${rise} times in a row`;
  if (status === 'failed') return waiting('checked', 'CHECK_RECOVERING', passed, facts);
  if (isWaiting) return waiting('checked', 'CHECKS_QUEUED', 'its first check waits until others have ended', facts);
  const isFirst = streak === 0 && runningMs !== undefined;
  const text = isFirst ? `its first ${kind} check has run for ${span(runningMs)}` : passed;
  return waiting('checked', 'NOT_CHECKED_YET', text, facts);
}

function announcedStep({ drain }: FoundFacts, own: RecordFacts | undefined): Step {
  if (!own) return waiting('announced', 'NOT_ANNOUNCED_YET', 'it was found a moment ago');
  const { record, lastChange } = own;
  const facts = { status: statusName(record.status), updated: record.updated, since: lastChange?.atNs };
  if (drain) {
    const drained = { ...facts, drainedSince: drain.sinceNs, drainedBy: drain.cause };
    if (drain.cause === 'stop')
      return stopped(
        'announced',
        'CONTAINER_STOPPING',
        'its container was told to stop, and drains until it ends',
        drained,
      );
    const text = drain.cause === 'operator' ? 'an operator drains it' : 'it is drained, nobody remembers by whom';
    return stopped('announced', 'DRAINED', text, drained);
  }
  if (record.status === Status.Tombstone)
    return stopped('announced', 'HOST_LEFT', 'its host leaves the cluster and has withdrawn it', facts);
  if (record.status !== Status.Alive && lastChange?.reason === 'drain-ended')
    return waiting('announced', 'DRAIN_ENDING', 'its drain was ended a moment ago', facts);
  return done('announced', `its host announces it as ${statusName(record.status)}`, facts);
}
