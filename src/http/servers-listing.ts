import type { CatalogSnapshot, ServerEntry } from '../catalog/reader.js';
import { compareBytes } from '../service/go-json.js';
import { statusName, type Service } from '../service/service.js';
import type { Timestamp } from '../service/timestamp.js';
import { ago } from './age.js';

const HEAD = '\n \t\t\t<head>\n \t\t\t<meta http-equiv="refresh" content="4">\n \t\t\t</head>\n\t    \t<pre>';

/** The plain listing of `/servers`, in the original's columns: hosts by name, on each its instances by name and id. */
export function serversListing(snapshot: CatalogSnapshot, members: readonly string[], now: Timestamp): string {
  const servers = [...snapshot.servers.values()].sort((a, b) => compareBytes(a.name, b.name));
  const hosts = [...members].sort(compareBytes).map((name) => `    ${name}\n`);
  const text =
    `Services ------------------------------\n${servers.map((server) => serverBlock(server, now)).join('')}` +
    `\nCluster Hosts -------------------------\n${hosts.join('')}---------------------------------------`;
  return `${HEAD}${asHtml(text)}</pre>`;
}

function serverBlock(server: ServerEntry, now: Timestamp): string {
  const services = [...server.services.values()].sort(
    (a, b) => compareBytes(a.name, b.name) || compareBytes(a.id, b.id),
  );
  return `  ${server.name}: (${ago(server.lastUpdated, now)})\n${services.map((s) => line(s, now)).join('')}\n`;
}

function line(service: Service, now: Timestamp): string {
  const ports = (service.ports ?? []).map((port) => `${port.servicePort}->${port.port}`).join(',');
  const { id, name, image, updated, status } = service;
  return (
    `      ${id} ${name.padEnd(30)} ${ports.padEnd(15)} ${image.padEnd(45)}  ` +
    `${ago(updated, now).padEnd(15)} ${statusName(status).padEnd(9)}\n`
  );
}

/** The page declares no charset, so only ASCII is read the same everywhere. */
const asHtml = (text: string): string =>
  text.replace(/[&<]|[^\n -~]/gu, (char) => `&#${char.codePointAt(0) ?? 0xfffd};`);
