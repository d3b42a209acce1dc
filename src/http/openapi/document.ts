import { AGENT_PATHS } from './agent-paths.js';
import { AGENT_SCHEMAS } from './agent-schemas.js';
import { CATALOG_PATHS } from './catalog-paths.js';
import { CATALOG_SCHEMAS } from './catalog-schemas.js';
import { EVENT_PATHS } from './event-paths.js';
import { EVENT_SCHEMAS } from './event-schemas.js';
import { TOKEN, type Paths } from './operation.js';
import { PROXY_LOOK_PATHS } from './proxy-look-paths.js';
import { PROXY_LOOK_SCHEMAS } from './proxy-look-schemas.js';
import { RELAY_PATHS } from './relay-paths.js';

/** Every route of the agent, in the order in which they are shown. */
export const PATHS: Paths = {
  ...{ ...CATALOG_PATHS, ...EVENT_PATHS, ...AGENT_PATHS },
  ...{ ...PROXY_LOOK_PATHS, ...RELAY_PATHS },
};

/** All that the agent answers over HTTP, for tools that read OpenAPI 3.1. */
export const OPENAPI = {
  openapi: '3.1.0',
  info: {
    title: 'Sidecar',
    version: '1.0.0',
    summary: 'Service discovery: what runs where, who is in the cluster, and what HAProxy does of it',
    description:
      'Top-level paths answer as Sidecar v1 did, paths below /api as v2 did. ' +
      'What is no path here is 404, or 405 where it is a single segment, to which OPTIONS is answered with 200; ' +
      'a method that is not named here is 405, a body that is too long 413.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  tags: [
    { name: 'Catalog', description: 'services, their instances, and where they are' },
    { name: 'History', description: 'what happens, and what was' },
    { name: 'Cluster', description: 'the hosts that know each other' },
    { name: 'HAProxy', description: 'the HAProxy of this host' },
    { name: 'Agent', description: 'the agent of this host' },
  ],
  paths: PATHS,
  components: {
    schemas: { ...CATALOG_SCHEMAS, ...EVENT_SCHEMAS, ...AGENT_SCHEMAS, ...PROXY_LOOK_SCHEMAS },
    securitySchemes: {
      [TOKEN]: { type: 'http', scheme: 'bearer', description: 'http.token of the settings; nothing where none is set' },
    },
  },
} as const;
