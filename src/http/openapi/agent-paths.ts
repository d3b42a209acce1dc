import {
  answers,
  error,
  GUARDED,
  IF_NONE_MATCH,
  inPath,
  inQuery,
  json,
  known,
  moved,
  page,
  text,
  type Operation,
  type Paths,
  type Response,
} from './operation.js';
import { STRING } from './schema.js';

const AGENT = ['Agent'];
const CLUSTER = ['Cluster'];
const HAPROXY = ['HAProxy'];

const PLAN: Readonly<Record<string, Response>> = {
  '200': json('Plan', 'what would be done'),
  '404': error('HAProxy is left alone, or there is no template of that name'),
  '503': error('two plans are being made already'),
};

const EXPLAINED: Readonly<Record<string, Response>> = {
  '200': json('Explanation', 'the way of each instance, also for names that nobody knows'),
  '400': error('no service is named, or half is not local'),
  '503': error('too many explanations are being made already'),
};
const HALF = inQuery('half', 'local: only the part of the way on this host, and nobody else is asked');

const ui: Operation = {
  operationId: 'ui',
  tags: AGENT,
  summary: 'The console; where it was not built, the list of routes',
  responses: { '200': page('the page') },
};

/** What tells of the agent itself, its cluster, its listeners and its HAProxy. */
export const AGENT_PATHS: Paths = {
  '/health': {
    get: {
      operationId: 'health',
      tags: AGENT,
      summary: 'Whether the agent works, and what is wrong around it',
      responses: { '200': json('Health', 'it works'), '503': json('Health', 'it cannot do its work') },
    },
  },
  '/ready': {
    get: {
      operationId: 'ready',
      tags: AGENT,
      summary: "Whether this host's traffic may rely on the agent",
      responses: { '200': json('Readiness', 'it may'), '503': json('Readiness', 'not yet, with what is waited for') },
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      tags: AGENT,
      summary: 'Figures for Prometheus',
      responses: { '200': text('all figures in the text format') },
    },
  },
  '/api/listeners': {
    get: {
      operationId: 'listeners',
      tags: AGENT,
      summary: 'Who is told of changes, and how far each has come',
      responses: { '200': json('Listeners', 'each listener') },
    },
  },
  '/api/members': {
    get: {
      operationId: 'members',
      tags: CLUSTER,
      summary: 'Who is in the cluster',
      responses: { '200': json('Members', 'each member, by name') },
    },
  },
  '/api/members/{name}/forget': {
    post: {
      operationId: 'forgetMember',
      tags: CLUSTER,
      summary: 'Gives up a member that is gone for good',
      parameters: [inPath('name', 'of a member')],
      security: GUARDED.security,
      responses: {
        '200': json('Done', 'it is not tried again'),
        ...GUARDED.refusals,
        '404': error('nobody of that name is looked for'),
        '409': error('it is alive'),
      },
    },
  },
  '/api/views': {
    get: {
      operationId: 'views',
      tags: CLUSTER,
      summary: 'Who sees whom, as each live member says itself',
      description: 'The members are asked when somebody asks this, at most each 5 s, and each for 1 s at most.',
      responses: { '200': json('Views', 'as far as they answer') },
    },
  },
  '/api/checks': {
    get: {
      operationId: 'checks',
      tags: AGENT,
      summary: 'How the health check of each instance of this host stands',
      responses: { '200': json('Checks', 'each check, by service and ID') },
    },
  },
  '/api/convergence': {
    get: {
      operationId: 'convergence',
      tags: CLUSTER,
      summary:
        'How long changes take to every HAProxy of the cluster, who is behind, and who gives a port to another service',
      responses: { '200': json('Convergence', 'as far as this host knows') },
    },
  },
  '/api/explain': {
    get: {
      operationId: 'explain',
      tags: CLUSTER,
      summary: 'Why a service is routed or not, for any name',
      parameters: [
        inQuery('service', 'its name, which has to be given'),
        inQuery('which', 'an id or a host: only these instances'),
        HALF,
      ],
      responses: EXPLAINED,
    },
  },
  '/api/explain/{service}': {
    get: {
      operationId: 'explainService',
      tags: CLUSTER,
      summary: 'Why a service is routed or not: how far each instance came, and what stops it',
      parameters: [inPath('service', 'its name, without a slash'), HALF],
      responses: EXPLAINED,
    },
  },
  '/api/explain/{service}/{which}': {
    get: {
      operationId: 'explainInstance',
      tags: CLUSTER,
      summary: 'The same for one instance, or those of one host',
      parameters: [inPath('service', 'its name'), inPath('which', 'an id or a host'), HALF],
      responses: EXPLAINED,
    },
  },
  '/api/leave': {
    post: {
      operationId: 'leave',
      tags: CLUSTER,
      summary: "Withdraws this host's services, leaves the cluster and ends the agent",
      security: GUARDED.security,
      responses: { '202': json('Done', 'it does; again is harmless'), ...GUARDED.refusals },
    },
  },
  '/api/proxy': {
    get: {
      operationId: 'proxy',
      tags: HAPROXY,
      summary: 'What HAProxy runs, how it got there and what is wrong',
      responses: { '200': json('Proxy', 'all that is known of it'), '404': error('this agent leaves HAProxy alone') },
    },
  },
  '/api/proxy/plan': {
    get: {
      operationId: 'plan',
      tags: HAPROXY,
      summary: 'What would change in HAProxy now, or by another template; nothing is applied',
      parameters: [inQuery('template', 'a file of template_dir')],
      responses: { ...PLAN, '400': error('that is no name of a file') },
    },
    post: {
      operationId: 'planTemplate',
      tags: HAPROXY,
      summary: 'What would change in HAProxy by the template in the body; nothing is applied',
      requestBody: { required: true, content: { 'text/plain': { schema: STRING } } },
      security: GUARDED.security,
      responses: {
        ...PLAN,
        '400': error('the body is no text in UTF-8'),
        ...GUARDED.refusals,
        '415': error('the body is said to be no text'),
      },
    },
  },
  '/api/openapi.json': {
    get: {
      operationId: 'openapi',
      tags: AGENT,
      summary: 'All routes, for programs',
      parameters: [IF_NONE_MATCH],
      responses: known(answers('application/json', { type: 'object' }, 'in OpenAPI 3.1')),
    },
  },
  '/ui': { get: ui },
  '/ui/': { get: { ...ui, operationId: 'uiFolder' } },
  '/ui/index.html': {
    get: { operationId: 'uiIndex', tags: AGENT, summary: 'Leads to /ui/', responses: { '301': moved('./') } },
  },
  '/ui/routes': {
    get: {
      operationId: 'routes',
      tags: AGENT,
      summary: 'This list of routes, as a page',
      responses: { '200': page('the page') },
    },
  },
  '/ui/assets/{asset}': {
    get: {
      operationId: 'uiAsset',
      tags: AGENT,
      summary: 'What the console loads',
      parameters: [inPath('asset', 'its name has a hash of its content')],
      responses: { '200': { description: 'the file' }, '404': text('there is none of that name') },
    },
  },
  '/ui/{page}': {
    get: {
      ...ui,
      operationId: 'uiPage',
      summary: 'The console at one of its pages',
      parameters: [inPath('page', 'may have slashes: services/web')],
      responses: { '200': page('the page'), '404': text('the console was not built') },
    },
  },
  '/': { get: { operationId: 'root', tags: AGENT, summary: 'Leads to /ui/', responses: { '301': moved('/ui/') } } },
};
