import { describe, expect, test } from '@jest/globals';
import { NOTHING_ASIDE } from '../../src/haproxy/draft.js';
import { buildModel } from '../../src/haproxy/model.js';
import { parseConfig } from '../../src/haproxy/plan/parse-config.js';
import { traceOf, type ProxyTrace } from '../../src/haproxy/trace.js';
import { ok } from '../../src/lib/result.js';
import { Status, type Service } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { builtIn, builtInText, compiled, defaults, noHost, rendered } from './support/render.js';
import { snapshotOf } from './support/snapshots.js';

/** What became of `aa` of web on h1, in a draft of these records of which HAProxy runs `text`. */
function traceIn(services: readonly Service[], text: string | undefined, host = noHost): ProxyTrace {
  const model = buildModel(snapshotOf(services), defaults, host);
  const draft = { model, setAside: NOTHING_ASIDE, text: ok(text ?? '') };
  const running =
    text === undefined ? undefined : { text, config: parseConfig(text), areServersKnown: true, hasRuntimeApi: true };
  const sought = { service: 'web', hostname: 'h1', id: 'aa' };
  return traceOf(sought, defaults, { applying: { draft }, deployment: { running } });
}

const web = record({ id: 'aa' });
const other = record({
  id: 'bb',
  name: 'other',
  ports: [{ type: 'tcp', port: 10234, servicePort: 9998, ip: '10.79.0.1' }],
});

describe('what became of one instance', () => {
  test('is where it is a server in the draft, and which one HAProxy runs', () => {
    expect(traceIn([web, other], rendered([web, other]))).toEqual({
      ...{ leftOut: [], hasStatsSocket: true },
      drafted: [{ servicePort: 9999, weight: 100, stale: false }],
      servers: [{ backend: 'web-9999', server: 'h1-aa' }],
    });
  });

  test('is nothing in a text that was made before it came, or without one', () => {
    for (const text of [rendered([other]), undefined]) expect(traceIn([web, other], text).servers).toEqual([]);
  });

  test('is found by its address in a template that calls servers otherwise, but not in what is of another service', () => {
    const own = compiled(builtInText.replace('server {{svc.Hostname}}-{{svc.ID}}', 'server s-{{svc.ID}}'));
    const text = rendered([web, other], {}, own);
    expect(traceIn([web, other], text).servers).toEqual([{ backend: 'web-9999', server: 's-aa' }]);
    expect(traceIn([web, other], rendered([other], {}, own)).servers).toEqual([]);
  });

  test('is found among lines that only a reload may change', () => {
    const text = rendered([web], {}, builtIn).replace(/^\tserver h1-aa/m, '.if true\n\tserver h1-aa');
    expect(traceIn([web], `${text}.endif\n`).servers).toEqual([{ backend: 'web-9999', server: 'h1-aa' }]);
  });

  test('is the stale server that keeps its port', () => {
    const gone = { ...web, status: Status.Tombstone };
    const host = { ...noHost, isHeld: () => true };
    expect(traceIn([gone], rendered([gone], {}, builtIn, host), host)).toMatchObject({
      drafted: [{ stale: true }],
      servers: [{ server: 'h1-aa-stale' }],
    });
  });

  test('is what stands in its way, or in that of its service, and nothing of others', () => {
    const bad = record({ id: 'aa', proxyMode: 'ftp' });
    const worse = record({ id: 'cc', proxyMode: 'gopher' });
    const { leftOut, drafted } = traceIn([bad, worse, other], rendered([other]));
    expect(leftOut.map(({ code, instance }) => [code, instance])).toEqual([['PROXY_MODE_UNKNOWN', 'h1/aa']]);
    expect(drafted).toEqual([]);
  });
});
