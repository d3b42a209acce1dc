import { COUNT, INTEGER, listOf, mapOf, objectOf, ref, STRING, TIME, type Schema } from './schema.js';

const PORT = objectOf({
  Type: { type: 'string', description: 'tcp, udp, sctp or empty' },
  Port: { type: 'integer', description: 'where the instance listens' },
  ServicePort: { type: 'integer', description: 'where HAProxy offers the service on every host; 0: nowhere' },
  IP: STRING,
});

const RECORD = objectOf({
  ID: { type: 'string', description: 'of a container the first 12 characters of its id' },
  Name: STRING,
  Image: STRING,
  Created: TIME,
  Hostname: STRING,
  Ports: { type: ['array', 'null'], items: ref('Port') },
  Updated: TIME,
  ProxyMode: { type: 'string', description: 'http, tcp or ws' },
  Status: {
    type: 'integer',
    description: '0 alive, 1 tombstone, 2 unhealthy, 3 unknown, 4 draining; any other reads as tombstone',
  },
});

const EXT: Schema = {
  type: 'object',
  description: 'with ?ext=1 alone, where a weight or a slow start is set',
  properties: { Weight: { type: 'integer', minimum: 0, maximum: 256 }, SlowStart: STRING },
};

const SERVER = objectOf({
  Name: STRING,
  Services: mapOf(ref('Record')),
  LastUpdated: TIME,
  LastChanged: TIME,
});

const SERVICE_LISTS = mapOf(listOf(ref('Record')));

const MEMBER = objectOf({ Name: STRING, LastUpdated: TIME, ServiceCount: COUNT });

/** What is told of the catalog: contract sections 6.1 and 7.3 to 7.5. */
export const CATALOG_SCHEMAS: Readonly<Record<string, Schema>> = {
  Port: PORT,
  Record: { ...RECORD, properties: { ...(RECORD['properties'] as object), Ext: EXT } },
  ServiceLists: { ...SERVICE_LISTS, description: 'instances by service name, the longest unrefreshed first' },
  Services: {
    type: 'object',
    required: ['Services', 'ClusterName'],
    properties: {
      Services: ref('ServiceLists'),
      ClusterMembers: { ...mapOf(MEMBER), description: 'who is alive, by host name; left out when nobody is' },
      ClusterName: STRING,
    },
  },
  NamedService: objectOf({ Services: ref('ServiceLists'), ClusterName: STRING }),
  State: objectOf({ Servers: mapOf(SERVER), LastChanged: TIME, ClusterName: STRING, Hostname: STRING }),
  Error: {
    type: 'object',
    required: ['message', 'status'],
    properties: {
      message: { type: 'string', description: 'for people' },
      status: { type: 'string', const: 'error' },
      code: { type: 'string', description: 'for programs, where one status has several reasons' },
    },
  },
  Done: objectOf({ message: STRING }),
  Drained: objectOf({ Message: STRING }),
  Health: {
    type: 'object',
    required: ['status', 'problems', 'dropped'],
    properties: {
      status: { type: 'string', enum: ['ok', 'failing'] },
      reasons: { ...listOf(STRING), description: 'why the agent cannot do its work; with failing alone' },
      problems: listOf(objectOf({ room: STRING, code: STRING, subject: STRING, message: STRING, since: TIME })),
      dropped: { ...INTEGER, minimum: 0, description: 'problems that did not fit the list' },
    },
  },
};
