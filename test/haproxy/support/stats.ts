/** The columns that are read, in an order that no HAProxy has, with one before and one behind them. */
const NAMES = [
  ...['iid', 'type', 'svname', 'pxname', 'status', 'weight', 'scur', 'stot', 'qcur', 'rate', 'req_rate', 'req_tot'],
  ...['bin', 'bout', 'ereq', 'dreq', 'econ', 'eresp', 'wretr', 'wredis', 'rtime', 'check_desc', 'addr', 'mode'],
  ...['hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'sid'],
];

export const STATS_HEADER = `# ${NAMES.join(',')},`;

/** A line of `show stat`; what `facts` does not name is empty. */
export const statsLine = (facts: Readonly<Record<string, string>>): string =>
  `${NAMES.map((name) => facts[name] ?? '').join(',')},`;

const HTTP = { mode: 'http', hrsp_1xx: '1', hrsp_2xx: '2', hrsp_3xx: '3', hrsp_4xx: '4', hrsp_5xx: '5', req_tot: '15' };
const TROUBLES = { econ: '4', eresp: '5', wretr: '6', wredis: '7' };

export const FRONTEND_LINE = statsLine({
  ...{ type: '0', pxname: 'web-9999', svname: 'FRONTEND', status: 'OPEN', scur: '2', stot: '9', rate: '1' },
  ...{ ...HTTP, req_rate: '3', ereq: '6', dreq: '7', bin: '100', bout: '2000' },
});
export const BACKEND_LINE = statsLine({
  ...{ type: '1', pxname: 'web-9999', svname: 'BACKEND', status: 'UP', scur: '2', qcur: '8', weight: '200' },
  ...{ ...HTTP, ...TROUBLES },
});
export const SERVER_LINE = statsLine({
  ...{ type: '2', pxname: 'web-9999', svname: 'h1-aa', status: 'UP', weight: '100', scur: '1', bin: '9', bout: '10' },
  ...{ check_desc: '"Layer7 check, passed"', rtime: '12', addr: '10.79.0.1:10234', ...HTTP, ...TROUBLES },
});

const INFO = 'Name: HAProxy\nVersion: 2.6.12\nPid: 4711\nUptime_sec: 61\nIdle_pct: 100';

/** What `show info;show stat` answers. */
export const statsAnswer = (...lines: readonly string[]): string =>
  `${INFO}\n\n${[STATS_HEADER, ...lines].join('\n')}\n\n`;
