// An agent that leaves HAProxy alone and has services of a static file, which are always well.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, '../dist/bin/sidecar.js');

/** Of the instance and the service of these numbers. */
export const portsOf = (instance, service, address) => [
  { Type: 'tcp', Port: 20_000 + instance, ServicePort: 10_000 + service, IP: address },
];

/**
 * Starts it as host `h1`, with all that it writes below `dir`. Its services are `service-0`, `service-1` …
 *
 * @param instances of each service
 * @param nodeArgs of Node.js itself
 */
export function startAgent({ dir, address, http, gossip, services, instances = 1, nodeArgs = process.execArgv }) {
  const targets = Array.from({ length: services * instances }, (_, i) => ({
    Service: {
      Name: `service-${i % services}`,
      Image: 'bench:1',
      ProxyMode: 'http',
      Ports: portsOf(i, i % services, address),
    },
    Check: { Type: 'AlwaysSuccessful' },
  }));
  writeFileSync(join(dir, 'static.json'), JSON.stringify(targets));
  writeFileSync(
    join(dir, 'sidecar.toml'),
    `[sidecar]\ndiscovery = ["static"]\nhostname = "h1"\nbind_ip = "${address}"\nbind_port = ${gossip}\n` +
      `advertise_ip = "${address}"\nstate_dir = "${dir}/state"\n[http]\nbind_ip = "${address}"\nport = ${http}\n` +
      `[static_discovery]\nconfig_file = "${dir}/static.json"\n[haproxy]\ndisable = true\n`,
  );
  return spawn(process.execPath, [...nodeArgs, PROGRAM], {
    cwd: dir,
    stdio: 'ignore',
    env: { PATH: process.env.PATH },
  });
}

/** Whether each of so many instances has been checked, and the agent has told of it; not before it listens, either. */
export async function isSettled(address, http, count) {
  try {
    const { Servers } = await (await fetch(`http://${address}:${http}/state.json`)).json();
    const records = Object.values(Servers.h1?.Services ?? {});
    return records.length === count && records.every(({ Status }) => Status === 0);
  } catch {
    return false;
  }
}
