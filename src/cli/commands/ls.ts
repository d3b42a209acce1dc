import { ExitCode, type CliCommand, type CommandContext } from '../command.js';
import { instancesOf, isGone, isState, statusWord, type Instance, type State } from '../instance.js';
import { instancesPage, keyOf, nothingToShow, type StatusTimes } from '../instances-table.js';
import { nowMs } from '../now.js';
import { servicesPage, summariesOf } from '../services-table.js';
import { statusTimes } from '../status-times.js';
import { wrapped } from '../wrap.js';

/** `sidecar ls [NAME]`: which services are there, and which instances does one have? */
export const ls: CliCommand = {
  name: 'ls',
  summary: 'which services are there, with which instances?',
  group: 'Look',
  examples: [
    ['ls', 'every service, with its ports and hosts'],
    ['ls web', 'the instances of web'],
    ['ls web --all', 'and those that are gone'],
    ['ls --json', 'the same for programs'],
  ],
  configure: (line) =>
    void line.argument('[NAME]', 'only this service, with its instances').option('--all', 'those that are gone, too'),
  run: async (context, [name], options) => {
    const { json: state } = await context.ask('GET', '/state.json', isState);
    const withGone = options['all'] === true;
    return name === undefined ? listServices(context, state, withGone) : listInstances(context, state, name, withGone);
  },
};

function listServices({ json, print, terminal }: CommandContext, state: State, withGone: boolean): ExitCode {
  const { ClusterName: clusterName, Hostname: hostname } = state;
  if (json) print(`${JSON.stringify({ clusterName, hostname, services: summariesOf(state, withGone) })}\n`);
  else print(`${servicesPage(state, withGone, terminal).join('\n')}\n`);
  return ExitCode.Fine;
}

async function listInstances(
  context: CommandContext,
  state: State,
  name: string,
  withGone: boolean,
): Promise<ExitCode> {
  const { json, print, terminal } = context;
  const { ClusterName: clusterName, Hostname: hostname } = state;
  const found = instancesOf(state).filter((each) => each.Name === name && (withGone || !isGone(each)));
  const since: StatusTimes = found.length > 0 ? await statusTimes(context, name) : new Map();
  if (json)
    print(`${JSON.stringify({ clusterName, hostname, name, instances: found.map((each) => factsOf(each, since)) })}\n`);
  else if (found.length === 0) print(`${wrapped(nothingToShow(name, state), terminal).join('\n')}\n`);
  else print(`${instancesPage(found, { name, since, nowMs: nowMs(context) }, terminal).join('\n')}\n`);
  return found.length > 0 ? ExitCode.Fine : ExitCode.No;
}

function factsOf(instance: Instance, since: StatusTimes): object {
  const { ID: id, Hostname: host, Status, Created: created, Updated: updated, Image: image, Ports } = instance;
  const sinceMs = since.get(keyOf(instance));
  return {
    id,
    host,
    status: statusWord(Status),
    since: sinceMs === undefined ? null : new Date(sinceMs).toISOString(),
    created,
    updated,
    image,
    ports: (Ports ?? []).map(({ Type: type, Port: port, ServicePort: servicePort }) => ({ type, port, servicePort })),
  };
}
