import { expect, test } from '@jest/globals';
import { composeProxyLook } from '../../src/compose/proxy-look.js';
import { ownersOf } from '../../src/haproxy/owners.js';
import type { ServedChange } from '../../src/haproxy/served-configs.js';
import { CONFIG } from '../support/proxy-look.js';
import { fakeWall, FakeClock } from '../support/time.js';
import { snapshotOf } from '../haproxy/support/snapshots.js';

const clock = new FakeClock();
const around = { clock, wall: fakeWall(clock) };
const SERVED: ServedChange = { ...CONFIG, how: 'reload' };
const manager = {
  owners: () => ownersOf(undefined, snapshotOf([]), { useHostnames: false }),
  lastConfig: () => SERVED,
};
const NOWHERE = '/nonexistent/runtime.sock';

test('there is no look where HAProxy is left alone', () => {
  const options = { useRuntimeApi: true, runtimeSocket: NOWHERE };
  expect(composeProxyLook(options, { ...around, manager: undefined })).toBeUndefined();
});

test.each([
  ['unasked', { useRuntimeApi: false, runtimeSocket: NOWHERE }, 'haproxy.use_runtime_api is false'],
  ['unasked', { useRuntimeApi: true, runtimeSocket: '' }, 'haproxy.runtime_socket is empty'],
  ['silent', { useRuntimeApi: true, runtimeSocket: NOWHERE }, NOWHERE],
])('HAProxy tells no figures: %s, %j', async (code, options, words) => {
  const look = composeProxyLook(options, { ...around, manager });
  expect(await look?.figures()).toMatchObject({ ok: false, fault: { code, message: expect.stringContaining(words) } });
  expect(look?.config()).toBe(SERVED);
});
