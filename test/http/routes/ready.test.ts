import { describe, expect, test } from '@jest/globals';
import { appWith, ask, serving } from '../support.js';

describe('/ready', () => {
  test('is 503 with what it waits for, and 200 once there is nothing left', async () => {
    const waiting = ["discovery has not listed this host's services yet"];
    await serving(appWith({ readiness: () => [...waiting] }), async (port) => {
      const before = await ask(port, '/ready');
      expect(before.status).toBe(503);
      expect(before.headers.get('Cache-Control')).toBe('no-store');
      expect(JSON.parse(before.body)).toEqual({
        ready: false,
        waitingFor: ["discovery has not listed this host's services yet"],
      });
      waiting.pop();
      const after = await ask(port, '/ready');
      expect(after.status).toBe(200);
      expect(after.body).toBe('{\n  "ready": true,\n  "waitingFor": []\n}\n');
    });
  });
});
