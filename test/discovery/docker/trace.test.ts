import { describe, expect, test } from '@jest/globals';
import { tracesOf } from '../../../src/discovery/docker/trace.js';
import { facts, ID } from './containers.js';

const entry = (labels: Readonly<Record<string, string>>, more: object = {}): unknown => ({
  ...{ Id: `${ID}${'c'.repeat(52)}`, Names: ['/web-1'], Image: 'registry/web:1.2', Created: 1_795_345_944 },
  ...{ State: 'running', Labels: labels },
  Ports: [
    { PrivatePort: 80, PublicPort: 32_768, Type: 'tcp', IP: '0.0.0.0' },
    { PrivatePort: 81, Type: 'tcp' },
  ],
  ...more,
});
const traceOf = (labels: Readonly<Record<string, string>>, changed: object = {}, asked = 'web-1') =>
  tracesOf([entry(labels)], { ...facts, ...changed }, asked)[0];

describe('the trace of a container', () => {
  test('shows what named it, which ports are published, and what they are offered at', () => {
    expect(traceOf({ ServiceName: 'web', ServicePort_80: '8080' }, {}, 'web')).toEqual({
      ...{ id: ID, container: 'web-1', image: 'registry/web:1.2', state: 'running', name: 'web' },
      ...{ namedBy: 'ServiceName', leftOut: undefined, published: ['80/tcp->32768'], complaints: [] },
      ports: [{ type: 'tcp', port: 32_768, servicePort: 8080, ip: '10.79.0.254' }],
      servicePortLabels: ['ServicePort_80=8080'],
    });
  });

  test.each([
    ['web', { ServiceName: 'web' }],
    ['web-1', {}],
    [ID, {}],
    ['registry/web:1.2', {}],
    ['shop', { 'com.docker.compose.service': 'shop' }],
  ])('is found by %s', (asked, labels: Readonly<Record<string, string>>) => {
    expect(traceOf(labels, {}, asked)?.id).toBe(ID);
    expect(traceOf(labels, {}, 'other')).toBeUndefined();
  });

  test.each([
    ['label', { SidecarDiscover: 'false' }, {}],
    ['filter', {}, { labelFilter: { key: 'sidecar', value: undefined } }],
    ['refused', { ProxyMode: 'ftp' }, {}],
    [undefined, { SidecarDiscover: 'no' }, {}],
  ])('says that it is left out by %s', (leftOut, labels: Readonly<Record<string, string>>, changed) => {
    expect(traceOf(labels, changed)?.leftOut).toBe(leftOut);
  });

  test('says which label is wrong, in the words of the problem', () => {
    expect(traceOf({ ServicePort_80: 'abc' })?.complaints).toEqual([
      `container web-1 (${ID}): ServicePort_80 is "abc", expected an integer from 0 to 65535`,
    ]);
  });

  test('is none of what is no container, and of very many containers a thousand are shown', () => {
    expect(tracesOf([7, { Id: 'x' }], facts, 'web-1')).toEqual([]);
    expect(tracesOf(Array<unknown>(1_100).fill(entry({})), facts, 'web-1')).toHaveLength(1_000);
  });
});
