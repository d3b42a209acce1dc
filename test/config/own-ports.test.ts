import { describe, expect, test } from '@jest/globals';
import { ownPorts } from '../../src/config/own-ports.js';
import { loaded, problemsOf } from './load-from.js';

const portsOf = (toml: string): number[] => [...ownPorts(loaded({ toml }).settings).keys()].sort((a, b) => a - b);

describe("the agent's own ports", () => {
  test('are those of its API, its gossip and the statistics page of its HAProxy, each with a name', () => {
    const ports = ownPorts(loaded({ toml: 'haproxy.config_file = "x"\nhttp.port = 80' }).settings);
    expect(Object.fromEntries(ports)).toEqual({
      80: 'the HTTP API of Sidecar',
      7946: 'the gossip of Sidecar',
      3212: "HAProxy's statistics page",
    });
  });

  test('do not include the statistics page when there is none, or no HAProxy', () => {
    expect(portsOf('')).toEqual([7777, 7946]);
    expect(portsOf('haproxy = { config_file = "x", stats_bind = "" }')).toEqual([7777, 7946]);
    expect(portsOf('haproxy = { config_file = "x", disable = true }')).toEqual([7777, 7946]);
  });

  test('may be one number only on two addresses', () => {
    const same = (ip: string): string =>
      `sidecar = { bind_ip = "10.0.0.1", bind_port = 99 }\nhttp = { bind_ip = "${ip}", port = 99 }`;
    expect(problemsOf({ toml: same('10.0.0.2') })).toEqual([]);
    expect(problemsOf({ toml: same('10.0.0.1') })).toEqual(['PORT_TAKEN_TWICE']);
    expect(problemsOf({ toml: same('0.0.0.0') })).toEqual(['PORT_TAKEN_TWICE']);
    expect(ownPorts(loaded({ toml: same('10.0.0.2') }).settings).get(99)).toBe('the HTTP API of Sidecar');
  });
});
