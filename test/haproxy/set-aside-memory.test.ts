import { describe, expect, test } from '@jest/globals';
import type { ProxiedService } from '../../src/haproxy/model.js';
import { SetAsideMemory, type Offer } from '../../src/haproxy/set-aside-memory.js';
import type { Service } from '../../src/service/service.js';
import { record } from '../support/records.js';

function service(name: string, servicePort = 80, overrides: Partial<Service> = {}): ProxiedService {
  const instance = record({ name, ...overrides });
  return { name, mode: 'http', instances: [instance], ports: [{ servicePort, instancePort: 1, servers: [] }] };
}
const offer = (services: readonly ProxiedService[], templateRevision = 1): Offer => ({ services, templateRevision });

describe('a service that does not verify', () => {
  const all = [service('web'), service('db', 81)];
  const remembering = (): SetAsideMemory => {
    const memory = new SetAsideMemory();
    memory.doNotVerify(new Map([['web', 'bad mode']]), offer(all), 5n);
    return memory;
  };

  test('stays aside while its records and the template are the same, whatever others do', () => {
    const memory = remembering();
    memory.offered(offer([service('web', 80, { updated: 99n }), service('db', 82)]));
    expect(memory.services()).toEqual(new Map([['web', 'bad mode']]));
    expect(memory.list()).toEqual([{ what: 'web', words: 'bad mode', since: 5n }]);
    expect(memory.nextTryMs(0)).toBeUndefined();
  });

  test.each([
    ['its records change', offer([service('web', 80, { image: 'web:2' })])],
    ['its weight changes', offer([service('web', 80, { ext: { weight: 5 } })])],
    ['the template changes', offer(all, 2)],
    ['it is gone', offer([service('db', 81)])],
  ])('is tried again when %s', (_, next) => {
    const memory = remembering();
    memory.offered(next);
    expect(memory.services().size).toBe(0);
    expect(memory.list()).toEqual([]);
  });

  test('keeps its time when it is found again without having been tried', () => {
    const memory = remembering();
    memory.doNotVerify(new Map([['web', 'bad mode, line 7']]), offer(all), 9n);
    expect(memory.list()).toEqual([{ what: 'web', words: 'bad mode, line 7', since: 5n }]);
  });

  test('is not remembered when it is not offered', () => {
    const memory = new SetAsideMemory();
    memory.doNotVerify(new Map([['stranger', 'bad']]), offer(all), 5n);
    expect(memory.list()).toEqual([]);
  });
});

describe('a ServicePort that HAProxy could not bind', () => {
  const remembering = (): SetAsideMemory => {
    const memory = new SetAsideMemory();
    memory.loaded([80, 81], new Map([[80, 'in use']]), 1_000, 5n);
    return memory;
  };

  test('is left out for 30 s, and is due then', () => {
    const memory = remembering();
    expect(memory.servicePorts(30_999)).toEqual(new Map([[80, 'in use']]));
    expect(memory.nextTryMs(11_000)).toBe(20_000);
    expect(memory.servicePorts(31_000).size).toBe(0);
    expect(memory.nextTryMs(50_000)).toBe(0);
  });

  test('is not tried earlier because the records of its service changed', () => {
    const memory = remembering();
    memory.offered(offer([service('web', 80, { image: 'web:2' })], 2));
    expect(memory.servicePorts(30_999).size).toBe(1);
  });

  test('waits another 30 s when it is refused again, and keeps its time', () => {
    const memory = remembering();
    memory.loaded([80], new Map([[80, 'still in use']]), 31_000, 9n);
    expect(memory.nextTryMs(31_000)).toBe(30_000);
    expect(memory.list()).toEqual([{ what: 80, words: 'still in use', since: 5n }]);
  });

  test('is forgotten when HAProxy has it, and when nobody asks for it any more', () => {
    const served = remembering();
    served.loaded([81], new Map(), 2_000, 6n);
    expect(served.list()).toHaveLength(1);
    served.loaded([80, 81], new Map(), 31_000, 9n);
    expect(served.nextTryMs(31_000)).toBeUndefined();

    const gone = remembering();
    gone.offered(offer([service('db', 81)]));
    expect(gone.list()).toEqual([]);
  });
});
