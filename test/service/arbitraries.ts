import fc from 'fast-check';
import type { Service } from '../../src/service/service.js';

const FIRST_NS = -62_135_596_800n * 1_000_000_000n;
const LAST_NS = 253_402_300_799n * 1_000_000_000n;

const word = (chars: string, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from(chars)), minLength: 1, maxLength });

/** A record that may enter the catalog, with letters of every script where they are allowed. */
export function anyRecord(): fc.Arbitrary<Service> {
  const time = fc.bigInt({ min: FIRST_NS, max: LAST_NS });
  const extras = fc.record(
    { weight: fc.integer({ min: 0, max: 256 }), slowStartMs: fc.integer({ min: 0, max: 3_600_000 }) },
    { requiredKeys: [] },
  );
  const port = fc.record({
    type: fc.constantFrom('tcp', 'udp', 'sctp', ''),
    port: fc.integer({ min: 0, max: 65_535 }),
    servicePort: fc.integer({ min: 0, max: 65_535 }),
    ip: fc.oneof(fc.ipV4(), fc.ipV6()),
  });
  return fc.record(
    {
      id: word('0123456789abcdefXYZ._:-', 12),
      name: word('abc<>&"\\/日é😀', 12),
      image: word('abc <>&"\\/日é', 12),
      created: time,
      hostname: word('abc019._-', 8),
      ports: fc.option(fc.array(port, { maxLength: 4 })),
      updated: time,
      proxyMode: fc.oneof(fc.constantFrom('http', 'tcp', 'ws', ''), fc.string({ maxLength: 8 })),
      status: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      ext: extras,
    },
    { requiredKeys: ['id', 'name', 'image', 'created', 'hostname', 'ports', 'updated', 'proxyMode', 'status'] },
  );
}
