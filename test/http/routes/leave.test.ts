import { describe, expect, test } from '@jest/globals';
import type { ClusterControl } from '../../../src/http/cluster.js';
import { appWith, ask, serving } from '../support.js';

describe('/api/leave', () => {
  class Control implements ClusterControl {
    calls = 0;
    leave = (): void => void (this.calls += 1);
    forget = (): 'unknown' => 'unknown';
  }

  test('is accepted at once and says what happens, also the second time', async () => {
    const control = new Control();
    await serving(appWith({ control }), async (port) => {
      const first = await ask(port, '/api/leave', 'POST');
      const second = await ask(port, '/api/leave', 'POST');
      const message = 'h1 withdraws its services, leaves the cluster test, and ends';
      expect([first.status, JSON.parse(first.body)]).toEqual([202, { message }]);
      expect([second.status, second.body, control.calls]).toEqual([202, first.body, 2]);
    });
  });

  test.each(['GET', 'HEAD', 'PUT', 'DELETE'])('is not asked for by %s', async (method) => {
    const control = new Control();
    await serving(appWith({ control }), async (port) => {
      expect((await ask(port, '/api/leave', method)).status).toBe(405);
      expect(control.calls).toBe(0);
    });
  });
});
