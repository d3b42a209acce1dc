import { expect, test } from '@jest/globals';
import { appWith, ask, serving } from '../support.js';

test.each([
  ['GET', '/ui'],
  ['GET', '/ui/'],
  ['HEAD', '/ui/'],
  ['PUT', '/ui/'],
])('%s %s leads to the page of services', async (method, target) => {
  await serving(appWith(), async (port) => {
    const { status, headers } = await ask(port, target, method);
    expect([status, headers.get('Location')]).toEqual([302, '/services']);
  });
});
