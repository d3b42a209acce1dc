import { expect, test } from '@jest/globals';
import { appWith, ask, comparable, serving } from './support.js';

test('OPTIONS for the server as a whole is answered with 200 and nothing, and names no path', async () => {
  await serving(appWith(), async (port) => {
    const answer = await ask(port, '*', 'OPTIONS');
    expect(comparable(answer)).toEqual({ status: 200, headers: { 'Content-Length': '0' }, body: '' });
    expect((await ask(port, '*')).headers.get('Location')).toBe('/%2A');
  });
});
