import { describe, expect, test } from '@jest/globals';
import { statementsOf } from '../../../src/discovery/docker/complaints.js';
import { servicesOf } from '../../../src/discovery/docker/record.js';
import { facts } from './containers.js';

const entry = (n: number, labels: Readonly<Record<string, string>>): unknown => ({
  Id: String(n).padStart(12, '0').padEnd(64, 'f'),
  Names: [`/web-${n}`],
  Image: 'web',
  Labels: labels,
});
const heard = (list: readonly unknown[]) => statementsOf(servicesOf(list, facts));

describe('what an operator is told of labels', () => {
  test('container, label, value, what was expected, and whether it is left out', () => {
    expect(heard([entry(1, { Weight: 'x' }), entry(2, { ProxyMode: 'x' })])).toEqual([
      {
        code: 'LABEL_INVALID',
        subject: '000000000001 Weight',
        message: 'container web-1 (000000000001): Weight is "x", expected an integer from 0 to 256',
      },
      {
        code: 'PROXY_MODE_UNKNOWN',
        subject: '000000000002 ProxyMode',
        message: 'container web-2 (000000000002): ProxyMode is "x", expected http, tcp, ws; the container is left out',
      },
    ]);
  });

  test('nothing of labels that are as they should be', () => {
    expect(heard([entry(1, { Weight: '1' })])).toEqual([]);
  });

  test('beyond a hundred their number', () => {
    const statements = heard(Array.from({ length: 103 }, (_, n) => entry(n, { Weight: 'x' })));
    expect(statements).toHaveLength(101);
    expect(statements.at(-1)).toEqual({
      code: 'MORE_LABELS_INVALID',
      subject: '',
      message: '3 more labels of containers are not as expected',
    });
  });

  test('entries that are no containers', () => {
    expect(heard([{ Id: 7 }, null])).toEqual([
      {
        code: 'CONTAINERS_REFUSED',
        subject: '',
        message:
          "entries of Docker's list of containers are left out (2): Id of the first is 7, expected at least 12 letters and digits",
      },
    ]);
  });
});
