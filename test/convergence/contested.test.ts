import { expect, test } from '@jest/globals';
import { tagOf } from '../../src/convergence/announcement.js';
import { contestedPorts } from '../../src/convergence/contested.js';

const holds = (...ports: readonly (readonly [number, string])[]): ReadonlyMap<number, number> =>
  new Map(ports.map(([port, service]) => [port, tagOf(service)]));

test('ports are listed that not every host gives to the same service, with the names that are known here', () => {
  const told = new Map([
    ['h3', holds([8080, 'web'], [9090, 'db'], [7070, 'unheard'])],
    ['h1', holds([8080, 'web'], [9090, 'db'], [7070, 'queue'])],
    ['h2', holds([8080, 'shop'], [9090, 'db'])],
    ['h4', holds()],
  ]);
  expect(contestedPorts(told, (port) => (port === 8080 ? ['shop', 'web'] : ['db', 'queue']))).toEqual([
    {
      servicePort: 7070,
      holders: [
        { service: 'queue', hosts: ['h1'] },
        { service: undefined, hosts: ['h3'] },
      ],
    },
    {
      servicePort: 8080,
      holders: [
        { service: 'web', hosts: ['h1', 'h3'] },
        { service: 'shop', hosts: ['h2'] },
      ],
    },
  ]);
});
