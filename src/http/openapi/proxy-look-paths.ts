import { error, IF_NONE_MATCH, json, known, type Paths } from './operation.js';

const HAPROXY = ['HAProxy'];
const LEFT_ALONE = { '404': error('this agent leaves HAProxy alone') };

/** What lets people look at HAProxy. */
export const PROXY_LOOK_PATHS: Paths = {
  '/api/proxy/stats': {
    get: {
      operationId: 'proxyStats',
      tags: HAPROXY,
      summary: 'What HAProxy counts, of its frontends, backends and servers',
      description:
        'HAProxy is asked when somebody asks this, at most once a second; whoever asks meanwhile gets the same answer.',
      parameters: [IF_NONE_MATCH],
      responses: {
        ...known(json('ProxyFigures', 'totals count from the start of its process')),
        ...LEFT_ALONE,
        '503': error('HAProxy does not answer (`silent`), or the settings leave no way to ask it (`unasked`)'),
      },
    },
  },
  '/api/proxy/config': {
    get: {
      operationId: 'proxyConfig',
      tags: HAPROXY,
      summary: 'The configuration that HAProxy has, and what changed in it the last time',
      parameters: [IF_NONE_MATCH],
      responses: {
        ...known(json('ProxyConfig', 'the same until there is another text')),
        ...LEFT_ALONE,
        '503': error('it is not known yet what HAProxy runs'),
      },
    },
  },
};
