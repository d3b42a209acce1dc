import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { decodeUpdate } from '../../src/follower/update.js';
import { MAX_STATE_BYTES } from '../../src/service/state-codec.js';

const FIXTURES = new URL('../fixtures/contract/', import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, FIXTURES), 'utf8');
const decode = (body: string): ReturnType<typeof decodeUpdate> => decodeUpdate(Buffer.from(body), MAX_STATE_BYTES);
const refusalOf = (body: string): unknown => {
  const update = decode(body);
  return update.ok ? update.value : update.fault;
};

/** The bodies of recorded requests. */
const bodiesOf = (name: string): readonly string[] => text(name).match(/^\{.*$/gm) ?? [];

const SERVICE = { ID: 'a', Name: 'web', Hostname: 'h1', Ports: [], Status: 0, Updated: '2026-11-22T11:00:00Z' };
const STATE = { Servers: { h1: { Name: 'h1', Services: { a: SERVICE } } }, LastChanged: '2026-11-22T11:00:00Z' };
const EVENT = { Service: SERVICE, PreviousStatus: 3 };

describe('an update', () => {
  test.each([
    ['haproxy-api/update-request-body.json', [['svc10', 3, 0]]],
    [
      'listeners/v1-static-update.post.txt',
      [
        ['web', 3, 2],
        ['db', 3, 2],
        ['web', 2, 0],
        ['db', 2, 0],
      ],
    ],
    ['listeners/v1-node-death.post.txt', [['web', 0, 0]]],
  ])('as the originals post it is read: %s', (name, changes) => {
    const updates = bodiesOf(name).map((body) => {
      const update = decode(body);
      if (!update.ok) throw new Error(update.fault);
      expect(update.value.faults).toEqual([]);
      expect(update.value.state.servers.size).toBeGreaterThan(0);
      return [update.value.service.name, update.value.previousStatus, update.value.service.status];
    });
    expect(updates.map(String).sort()).toEqual(changes.map(String).sort());
  });

  test.each([
    ['', 'unexpected end of JSON input'],
    ['{"State":', 'unexpected end of JSON input'],
    ['[]', 'json: cannot unmarshal array into Go value of type catalog.StateChangedEvent'],
    ['"x"', 'json: cannot unmarshal string into Go value of type catalog.StateChangedEvent'],
    ['null', 'the body is null, expected an object'],
    ['<html></html>', 'the body is "<html></html>", expected a JSON object'],
    ['{}', 'State is missing, expected an object'],
    ['{"State":{},"ChangeEvent":{}}', 'State.Servers is missing, expected an object'],
    ['{"State":{"Servers":[]},"ChangeEvent":{}}', 'State.Servers is a list, expected an object'],
    ['{"State":{"Servers":{}}}', 'ChangeEvent is missing, expected an object'],
    ['{"State":{"Servers":{}},"ChangeEvent":[]}', 'ChangeEvent is a list, expected an object'],
    [
      JSON.stringify({ State: STATE, ChangeEvent: { ...EVENT, PreviousStatus: '0' } }),
      'ChangeEvent.PreviousStatus is "0", expected an integer',
    ],
    [
      JSON.stringify({ State: STATE, ChangeEvent: { Service: { ...SERVICE, Name: 'a\nb' } } }),
      'ChangeEvent.Service.Name is "a\\nb", expected printable characters without white space',
    ],
  ])('%s is refused, in words', (body, words) => {
    expect(refusalOf(body)).toBe(words);
  });

  test('is taken without the records of its state that are hostile', () => {
    const Services = { a: SERVICE, b: { ...SERVICE, ID: 'b', Name: 'x\nfrontend evil' }, c: null };
    const update = decode(JSON.stringify({ State: { Servers: { h1: { Services }, h2: 7 } }, ChangeEvent: EVENT }));
    if (!update.ok) throw new Error(update.fault);
    expect([...(update.value.state.servers.get('h1')?.services.keys() ?? [])]).toEqual(['a']);
    expect(update.value.faults).toHaveLength(3);
  });

  test('that is longer than the bound is not looked at', () => {
    const update = decodeUpdate(Buffer.from(JSON.stringify({ State: STATE, ChangeEvent: EVENT })), 100);
    expect(update).toMatchObject({ ok: false, fault: expect.stringContaining('expected at most 100 bytes') });
  });
});
