import { expect, test } from '@jest/globals';
import { RecordReader } from '../../src/replication/record-reader.js';
import { recordText } from '../../src/service/codec.js';
import { record } from '../support/records.js';

const payload = (id: number): Uint8Array => Buffer.from(recordText(record({ id: `${id}` })));

test('the same bytes give the same record, other bytes another', () => {
  const reader = new RecordReader();
  const first = reader.read(payload(1));
  expect(first).toEqual({ ok: true, value: record({ id: '1' }) });
  expect(reader.read(payload(2))).toEqual({ ok: true, value: record({ id: '2' }) });
  const again = reader.read(payload(1));
  expect(first.ok && again.ok && again.value === first.value).toBe(true);
});

test('what cannot be read is refused each time', () => {
  const reader = new RecordReader();
  for (let time = 0; time < 2; time += 1) expect(reader.read(Buffer.from('{"ID":'))).toMatchObject({ ok: false });
});

test('only the latest records are remembered', () => {
  const reader = new RecordReader();
  const first = reader.read(payload(0));
  for (let id = 1; id <= 1024; id += 1) reader.read(payload(id));
  const again = reader.read(payload(0));
  expect(again).toEqual(first);
  expect(first.ok && again.ok && again.value === first.value).toBe(false);
});
