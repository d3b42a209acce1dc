import { dockerUrl, httpUrl, ip, urlPath } from './address-kinds.js';
import { otherClusters } from './cluster-kinds.js';
import { haproxy } from './haproxy-table.js';
import { boolean, integer, list, optional, port, text } from './kind.js';
import { rowsOf, type Row, type SettingsOf } from './rows.js';
import { setting } from './setting.js';
import { sidecar } from './sidecar-table.js';
import { labelFilter, path, token } from './word-kinds.js';

/** Every setting there is. The keys are the TOML keys in camel case. */
export const TABLE = {
  sidecar,
  http: {
    bindIp: setting(ip, '0.0.0.0', 'address of the HTTP API'),
    port: setting(port, 7777, 'port of the HTTP API'),
    token: setting(optional(token), undefined, 'bearer token for requests that change something'),
    tokenFile: setting(optional(path), undefined, 'file that holds the token'),
    tlsCert: setting(optional(path), undefined, 'certificate, PEM; read again when it changes'),
    tlsKey: setting(optional(path), undefined, 'its key, PEM'),
    maxBody: setting(integer({ min: 1, max: 2 ** 31 - 1 }), 20_971_520, 'largest request body, bytes'),
    maxConnections: setting(integer({ min: 1, max: 1_000_000 }), 20_000, 'connections at once'),
  },
  dockerDiscovery: {
    dockerUrl: setting(dockerUrl, 'tcp://localhost:2375', 'the Docker daemon; empty: the DOCKER_* environment', {
      v2Initial: 'unix:///var/run/docker.sock',
    }),
    dockerHealthcheck: setting(boolean, true, "use Docker's HEALTHCHECK when labels name no check"),
    composeNames: setting(boolean, true, 'Compose and Swarm service names before the image name'),
    labelFilter: setting(optional(labelFilter), undefined, 'only containers with this label'),
  },
  staticDiscovery: {
    configFile: setting(path, 'static.json', 'the list of services on this host'),
  },
  services: {
    namer: setting(text, '', 'how containers are named: docker_label or regex', {
      v2Initial: 'docker_label',
    }),
    nameLabel: setting(text, '', 'the label for docker_label', { v2Initial: 'ServiceName' }),
    nameMatch: setting(text, '', 'the expression for regex, with one group'),
  },
  haproxy,
  listeners: {
    urls: setting(list(httpUrl), [], 'URLs that every change is posted to', {
      extra: { aliases: ['SIDECAR_LISTENER'], join: (first, urls) => [...first, ...urls] },
    }),
    path: setting(urlPath, '/update', 'path for SidecarListener labels and ListenPort'),
  },
  console: {
    clusters: setting(otherClusters, [], 'other clusters to show'),
  },
};

/** What the operator asked for: validated, complete, frozen. Durations are milliseconds, sizes bytes. */
export type Settings = SettingsOf<typeof TABLE>;

const PREFIXES: Readonly<Record<string, string>> = { dockerDiscovery: 'DOCKER', staticDiscovery: 'STATIC' };

/** Every setting, in the order of the table. */
export const ROWS: readonly Row[] = rowsOf(TABLE, (group, name) => PREFIXES[group] ?? name);
