import { expect, test } from '@jest/globals';
import { configDigest } from '../../src/haproxy/plan/digest.js';
import { statusOf, type HaproxyStatus } from '../../src/haproxy/status.js';
import { instance, Room } from './support/room.js';

const web = instance('web', 'a', 8_001);
const web2 = instance('web', 'b', 8_001);
const statusIn = ({ parts }: Room): HaproxyStatus => statusOf(parts.options, parts);

test('before anything is served nothing is claimed', () => {
  expect(statusIn(new Room())).toMatchObject({
    running: false,
    pids: [],
    diskDigest: undefined,
    runtimeDigest: undefined,
    behind: undefined,
    appliedVersion: undefined,
    viewHash: undefined,
    reloads: 0,
    lastError: undefined,
  });
});

test('both versions are shown while the file is behind what HAProxy runs, and why', async () => {
  const room = new Room();
  await room.apply(web);
  const before = statusIn(room);
  expect(before.diskDigest).toBe(configDigest(room.disk));
  expect(before.runtimeDigest).toBe(before.diskDigest);
  room.files.refusal = 'ENOSPC';
  await room.apply(web, web2);
  await room.written();
  const after = statusIn(room);
  expect(after.diskDigest).toBe(before.diskDigest);
  expect(after.runtimeDigest).not.toBe(before.diskDigest);
  expect(after.behind).toContain('ENOSPC');
  expect(after.appliedVersion).toBe(2);
  expect(after.viewHash).not.toBe(before.viewHash);
});

test('why the Runtime API is not used is said, be it a setting or a fault', async () => {
  const off = statusIn(new Room({ useRuntimeApi: false })).runtimeApi;
  expect(off.fault).toBe('use_runtime_api is false');
  expect(statusIn(new Room({ runtimeSocket: '' })).runtimeApi.fault).toBe('no runtime_socket is set');
  const room = new Room();
  await room.apply(web);
  await room.parts.upkeep.look();
  expect(statusIn(room).runtimeApi.fault).toBeUndefined();
  room.double.silence = 'ECONNREFUSED';
  await room.clock.advance(5_000);
  await room.parts.upkeep.look();
  expect(statusIn(room).runtimeApi.fault).toContain('ECONNREFUSED');
});

test('the last error stays for people when it is over, and HAProxy’s words only while they hold', async () => {
  const room = new Room();
  room.verdict = () => '[ALERT] (1) : nonsense';
  await room.apply(web);
  expect(statusIn(room)).toMatchObject({ rejected: '[ALERT] nonsense', lastError: { code: 'CONFIG_REJECTED' } });
  room.verdict = () => undefined;
  await room.applyAfter(1_000);
  expect(statusIn(room)).toMatchObject({ rejected: undefined, lastError: { code: 'CONFIG_REJECTED' }, reloads: 1 });
  expect([...statusIn(room).failures]).toEqual([['CONFIG_REJECTED', 1]]);
});
