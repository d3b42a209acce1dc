import { expect, test } from '@jest/globals';
import { appWith, ask, FakeCatalog, service, serving, snapshotOf } from '../support.js';

const catalog = new FakeCatalog(snapshotOf([service({ ext: { weight: 50, slowStartMs: 10_000 } })]));

test.each(['/state.json', '/api/state.json'])(
  '%s shows the extras of records to those who ask for them',
  async (path) => {
    await serving(appWith({ catalog }), async (port) => {
      const { body } = await ask(port, `${path}?ext=1`);
      expect(body).toContain('"Status":0,"Ext":{"Weight":50,"SlowStart":"10s"}}');
      expect(body.replace(/,"Ext":{[^}]*}/, '')).toBe((await ask(port, path)).body);
    });
  },
);

test.each([
  '/state.json?ext=0',
  '/state.json?ext',
  '/state.json?ext=1&ext=1',
  '/services.json?ext=1',
  '/services/web.json?ext=1',
])('%s is the body of the contract', async (target) => {
  await serving(appWith({ catalog }), async (port) => {
    const { status, body } = await ask(port, target);
    expect([status, body.includes('Ext')]).toEqual([200, false]);
  });
});
