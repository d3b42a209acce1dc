import fc from 'fast-check';
import { Status, type Service } from '../../../src/service/service.js';
import { record } from '../../support/records.js';

const poison = fc.constantFrom(
  '\n',
  '\r',
  '\t',
  ' ',
  '\0',
  '\u2028',
  '\u0085',
  '\u200b',
  '{',
  '}',
  '{{now}}',
  '"',
  "'",
  '#',
  '\\',
  '$',
  '${PATH}',
  '%[env(X)]',
  '.',
  '-',
  '_',
  ':',
  '/',
  '@',
  'a',
  'Z',
  '9',
  'ü',
  '😀',
  '\nfrontend x\n\tbind :6666',
  '__proto__',
  'constructor',
  '::1',
  'unix@',
);
const words = (...sensible: string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...sensible),
    fc.array(poison, { maxLength: 6 }).map((parts) => parts.join('')),
  );

/** Records such as no one should send, mixed with harmless ones: every text field may hold what HAProxy or a template would act on. */
export const hostileService: fc.Arbitrary<Service> = fc
  .record({
    id: words('aaaaaaaaaaaa', 'b'),
    name: words('web', 'db'),
    image: words('img'),
    hostname: words('h1', 'h2.example'),
    proxyMode: words('http', 'tcp', 'ws', ''),
    ip: words('10.0.0.1', '::1', 'localhost'),
    type: fc.constantFrom('tcp', 'tcp', 'udp', 'tcp\n'),
    port: fc.oneof(fc.integer({ min: 0, max: 65_536 }), fc.constant(1.5)),
    servicePort: fc.integer({ min: 0, max: 65_536 }),
    status: fc.constantFrom(Status.Alive, Status.Alive, Status.Draining, Status.Unhealthy, Status.Tombstone, 7),
  })
  .map(({ ip, type, port, servicePort, ...rest }) => record({ ...rest, ports: [{ ip, type, port, servicePort }] }));
