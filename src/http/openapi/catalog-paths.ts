import {
  answers,
  error,
  GUARDED,
  IF_NONE_MATCH,
  inPath,
  inQuery,
  json,
  known,
  page,
  text,
  type Operation,
  type Paths,
} from './operation.js';
import { ref } from './schema.js';

const CATALOG = ['Catalog'];
const EXT = inQuery('ext', '1: records show their Ext');
const NAME = inPath('name', 'of a service');
const ID = inPath('id', 'of an instance of the host that is asked');

const services: Operation = {
  operationId: 'services',
  tags: CATALOG,
  summary: 'All instances by service, and who is in the cluster',
  parameters: [IF_NONE_MATCH],
  responses: known(json('Services', 'the catalog, indented')),
};

const service: Operation = {
  operationId: 'service',
  tags: CATALOG,
  summary: 'The instances of one service',
  parameters: [NAME, IF_NONE_MATCH],
  responses: { ...known(json('NamedService', 'the service, indented')), '404': error('no instance has that name') },
};

const state: Operation = {
  operationId: 'state',
  tags: CATALOG,
  summary: 'The whole catalog, by host',
  parameters: [EXT, IF_NONE_MATCH],
  responses: known(json('State', 'the catalog, compact')),
};

const watch: Operation = {
  operationId: 'watch',
  tags: CATALOG,
  summary: 'The catalog now, and again after every change; it never ends',
  description:
    'JSON objects, one after the other with nothing in between; whoever reads slowly is led to the newest. ' +
    'Every change of a record is told with by_service=false and ext=1, else those of a status, and new instances.',
  parameters: [inQuery('by_service', 'false: by host, as /state.json; anything else: by service'), EXT],
  responses: {
    '200': answers('application/json', { anyOf: [ref('ServiceLists'), ref('State')] }, 'each object of the stream'),
    '503': error('there are as many watchers as can be served, or the agent is ending'),
  },
};

const drain: Operation = {
  operationId: 'drain',
  tags: CATALOG,
  summary: 'Takes an instance of this host out of the requests',
  parameters: [ID, inQuery('for', 'after how long it ends by itself, 1s to 24h, as in 15m; without it never')],
  security: GUARDED.security,
  responses: {
    '202': json('Drained', 'it drains'),
    '400': error('for is no such duration'),
    ...GUARDED.refusals,
    '404': error('this host has no instance of that id'),
  },
};

const endDrain: Operation = {
  operationId: 'endDrain',
  tags: CATALOG,
  summary: 'Lets an instance of this host have requests again',
  parameters: [ID],
  security: GUARDED.security,
  responses: {
    '202': json('Drained', 'it drains no longer'),
    ...GUARDED.refusals,
    '404': error('this host has no instance of that id'),
  },
};

/** The same answers below `/api`, where the second version of the original had them. */
function atBoth(path: string, operation: Operation): Paths {
  const { operationId } = operation;
  return { [path]: { get: operation }, [`/api${path}`]: { get: { ...operation, operationId: `${operationId}InApi` } } };
}

/** What tells of the catalog, contract section 7. */
export const CATALOG_PATHS: Paths = {
  ...atBoth('/services.json', services),
  ...atBoth('/services/{name}.json', service),
  ...atBoth('/state.json', state),
  ...atBoth('/watch', watch),
  '/api/services/{id}/drain': { post: drain, delete: endDrain },
  '/services': {
    get: {
      operationId: 'servicesPage',
      tags: CATALOG,
      summary: 'A page for people: services, members, and what is wrong',
      responses: { '200': page('the page, which refreshes itself') },
    },
  },
  '/servers': {
    get: {
      operationId: 'serversListing',
      tags: CATALOG,
      summary: 'A plain listing by host',
      responses: { '200': page('the listing, which refreshes itself') },
    },
  },
  '/haproxy.cfg': {
    get: {
      operationId: 'haproxyCfg',
      tags: CATALOG,
      summary: 'A configuration for an HAProxy elsewhere',
      parameters: [
        inQuery('bind_ip', 'address of the frontends; without it all'),
        inQuery('use_hostnames', 'servers by the names of their hosts', { enum: ['true', 'false'] }),
        inQuery('template', 'a file of template_dir'),
        inQuery('runtime_socket', 'absolute path of the stats socket'),
        inQuery('stats_bind', 'address:port of the statistics page'),
        inQuery('user', 'as which HAProxy runs'),
        inQuery('group', 'as which HAProxy runs'),
        inQuery('wait', 'for how long a change is waited for when the client has the newest, at most 5m'),
        IF_NONE_MATCH,
      ],
      responses: {
        ...known(text('the configuration')),
        '400': error('a parameter is unknown, given twice, or unfit'),
        '404': error('there is no template of that name'),
        '500': error('the template gives no configuration'),
        '503': error('not enough is known yet, or too many ask'),
      },
    },
  },
};
