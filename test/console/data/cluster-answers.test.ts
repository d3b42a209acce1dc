import { describe, expect, test } from '@jest/globals';
import { readMembers } from '../../../src/console/data/answers.js';
import { createApi } from '../../../src/console/data/api.js';
import { readConvergence } from '../../../src/console/data/convergence.js';
import { readExplanation } from '../../../src/console/data/explanation.js';
import { readProblems } from '../../../src/console/data/health.js';
import { readViews } from '../../../src/console/data/views.js';

describe('answers about the cluster', () => {
  test('an explanation is read as far as it goes, and a state that nobody knows is not known', () => {
    const steps = [
      { step: 'ports', state: 'stopped', text: 'none', facts: { ports: [] }, code: 'NO_PORT' },
      { state: 'new' },
    ];
    const read = readExplanation({
      host: 'node1',
      verdict: { code: 'NO_PORT' },
      instances: [{ host: 'h', id: 'a', steps }],
    });
    expect(read?.verdict).toEqual({ code: 'NO_PORT', sentence: '', advice: '' });
    expect(read?.instances[0]).toMatchObject({ id: 'a', asked: { state: '', text: '' } });
    expect(read?.instances[0]?.steps).toEqual([
      { step: 'ports', state: 'stopped', text: 'none', facts: { ports: [] }, code: 'NO_PORT' },
      { step: '', state: 'unknown', text: '', facts: {}, code: undefined },
    ]);
  });

  test('who is behind, and who has a contested ServicePort', () => {
    const read = readConvergence({
      self: { name: 'node1', viewHash: 'ab', state: 'level', behindMs: 0, wasSlowest: 2 },
      hosts: [{ name: 'node2', viewHash: null, state: 'silent', behindMs: null }],
      delays: { p50Ms: null, changes: 0 },
      contested: [{ servicePort: 80, holders: [{ service: null, hosts: ['node1', 7] }] }],
    });
    expect(read?.self).toEqual({ name: 'node1', viewHash: 'ab', state: 'level', behindMs: 0, wasSlowest: 2 });
    expect(read?.hosts[0]).toMatchObject({ viewHash: undefined, behindMs: undefined, wasSlowest: 0 });
    expect(read?.contested).toEqual([{ servicePort: 80, holders: [{ service: undefined, hosts: ['node1'] }] }]);
  });

  test('who sees whom', () => {
    const read = readViews({
      hosts: [
        {
          name: 'node1',
          state: 'alive',
          asked: 'self',
          sees: 2,
          differs: [{ name: 'x', state: 'dead', ours: 'alive' }],
        },
      ],
      partitions: [['node1'], 'no'],
    });
    expect(read?.hosts[0]).toMatchObject({
      message: undefined,
      omitted: 0,
      differs: [{ name: 'x', state: 'dead', ours: 'alive' }],
    });
    expect(read?.partitions).toEqual([['node1'], []]);
  });

  test('of a member its HTTP port and its versions, where it tells them', () => {
    const versions = { pmin: 1, pmax: 5, pcur: 2, dmin: 0, dmax: 0, dcur: 0 };
    const members = [
      { name: 'a', http: { port: 7777, isTls: true }, versions },
      { name: 'b', http: null, versions: null },
    ];
    expect(readMembers({ members })).toMatchObject([
      { http: { port: 7777, isTls: true }, versions: { protocol: [1, 5, 2], delegate: [0, 0, 0] } },
      { http: undefined, versions: undefined },
    ]);
  });

  test('problems of an agent', () => {
    const problems = [{ code: 'PORT_HELD', subject: '', message: 'taken', since: '2026-11-23T12:00:00Z' }];
    expect(readProblems({ problems })).toEqual([
      { code: 'PORT_HELD', subject: undefined, message: 'taken', since: Date.UTC(2026, 10, 23, 12) },
    ]);
  });

  test.each([readExplanation, readConvergence, readViews, readProblems])(
    'what is something else is not read',
    (read) => {
      expect(read({ hosts: 'none' })).toBeUndefined();
    },
  );

  test('names with a slash are asked for as parameters, and only an agent that is asked directly may be changed', async () => {
    const asked: string[] = [];
    const api = createApi((path) => {
      asked.push(path);
      return Promise.resolve({ status: 404, body: undefined, agentTime: undefined });
    }, '/api/clusters/eu');
    await api.explain('a/b', 'node 1');
    expect(asked).toEqual(['/api/clusters/eu/api/explain?service=a%2Fb&which=node+1']);
    expect(api.drain).toBeUndefined();
  });
});
