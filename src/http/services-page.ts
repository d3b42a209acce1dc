import type { Problem } from '../lib/problems.js';
import { compareBytes } from '../service/go-json.js';
import { Status, statusName, type Port, type Service } from '../service/service.js';
import type { Timestamp } from '../service/timestamp.js';
import { ago } from './age.js';
import { Html, html } from './html.js';
import { STYLE } from './page-style.js';

/** More problems than this are counted, and listed by `/health`. */
const MAX_SHOWN = 20;

export interface ServicesPageFacts {
  readonly clusterName: string;
  /** The host that answers. */
  readonly hostname: string;
  /** In the order to show them. */
  readonly services: ReadonlyMap<string, readonly Service[]>;
  readonly members: readonly string[];
  /** What stops the agent from working. */
  readonly failures: readonly string[];
  readonly problems: readonly Problem[];
  readonly waitingFor: readonly string[];
  readonly now: Timestamp;
}

/** The page for people: what is wrong, each service with its instances, who is in the cluster. Refreshes itself every 4 s. */
export function servicesPage(facts: ServicesPageFacts): string {
  const { clusterName, hostname, services, now } = facts;
  const cards = [...services].map(([name, instances]) => serviceCard(name, instances, now));
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="refresh" content="4" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${clusterName} · Sidecar</title>
        ${new Html(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <header>
          <h1>${clusterName}</h1>
          <p>Sidecar cluster, seen from ${hostname}</p>
          <p class="summary">${summary([...services.values()])}</p>
        </header>
        ${problemsCard(facts)} ${waitingCard(facts.waitingFor)}
        <main>${cards.length > 0 ? cards : NO_SERVICES}</main>
        ${membersCard(facts.members)}
        <footer>
          For programs: <a href="/services.json">services.json</a> · <a href="/state.json">state.json</a> ·
          <a href="/servers">servers</a> · <a href="/health">health</a> · <a href="/ui/">console</a> ·
          <a href="/ui/routes">all routes</a>
        </footer>
      </body>
    </html> `.markup;
}

const NO_SERVICES = html`<p class="card empty">
  No services yet. They appear here as soon as discovery finds them on this host or another member tells of them.
</p>`;

function summary(groups: readonly (readonly Service[])[]): string {
  const { alive, present } = tally(groups.flat());
  return `${count(groups.length, 'service')} · ${alive} of ${count(present, 'instance')} alive`;
}

function tally(instances: readonly Service[]): { readonly alive: number; readonly present: number } {
  return {
    alive: instances.filter((service) => service.status === Status.Alive).length,
    present: instances.filter((service) => !isGone(service)).length,
  };
}

/** Unknown numbers read as tombstones, here as everywhere. */
const isGone = (service: Service): boolean => statusName(service.status) === statusName(Status.Tombstone);

function problemsCard(facts: ServicesPageFacts): Html {
  const items = [
    ...facts.failures.map((reason) => html`<li><b>agent</b> ${reason}</li>`),
    ...facts.problems.map((problem) => problemItem(problem, facts.now)),
  ];
  if (items.length === 0) return html``;
  const more = items.length - MAX_SHOWN;
  return html`<section class="card notice" role="alert">
    <h2>${count(items.length, 'problem')}</h2>
    <ul>
      ${items.slice(0, MAX_SHOWN)} ${more > 0 ? html`<li>and ${more} more: see <a href="/health">health</a></li>` : ''}
    </ul>
  </section>`;
}

const problemItem = ({ room, subject, message, sinceNs }: Problem, now: Timestamp): Html =>
  html`<li>
    <b>${room}</b> ${message} <small>${subject === '' ? '' : `${subject}, `}began ${ago(sinceNs, now)}</small>
  </li>`;

function waitingCard(waitingFor: readonly string[]): Html {
  if (waitingFor.length === 0) return html``;
  return html`<section class="card notice waiting">
    <h2>Not ready yet</h2>
    <ul>
      ${waitingFor.map((reason) => html`<li>${reason}</li>`)}
    </ul>
  </section>`;
}

function serviceCard(name: string, instances: readonly Service[], now: Timestamp): Html {
  const { alive, present } = tally(instances);
  const rows = [...instances].sort(byPlace).map((service) => instanceRow(service, now));
  return html`<section class="card">
    <h2>${name === '' ? '(no name)' : name} <small>${alive} of ${present} alive</small></h2>
    <table>
      <thead>
        <tr>
          <th class="col-status">Status</th>
          <th class="col-host">Host</th>
          <th>Image</th>
          <th class="col-ports">Ports</th>
          <th class="col-updated">Updated</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`;
}

/** By host, so that an instance keeps its line when it is refreshed; what is gone stands last. */
function byPlace(a: Service, b: Service): number {
  const goneLast = Number(isGone(a)) - Number(isGone(b));
  return goneLast || compareBytes(a.hostname, b.hostname) || compareBytes(a.id, b.id);
}

function instanceRow(service: Service, now: Timestamp): Html {
  const status = statusName(service.status);
  return html`<tr class="${isGone(service) ? 'gone' : ''}">
    <td data-label="Status"><span class="status ${status.toLowerCase()}">${status}</span></td>
    <td data-label="Host">
      ${service.hostname} <small><code>${service.id}</code></small>
    </td>
    <td data-label="Image">${service.image}</td>
    <td data-label="Ports">${(service.ports ?? []).map((port) => html`<code>${portText(port)}</code> `)}</td>
    <td data-label="Updated">${ago(service.updated, now)}</td>
  </tr>`;
}

function portText({ type, port, servicePort }: Port): string {
  const route = servicePort === 0 ? `${port}` : `${servicePort}→${port}`;
  return type === 'tcp' || type === '' ? route : `${route}/${type}`;
}

function membersCard(members: readonly string[]): Html {
  if (members.length === 0) return html``;
  return html`<section class="card">
    <h2>Members <small>${members.length}</small></h2>
    <ul class="members">
      ${[...members].sort(compareBytes).map((name) => html`<li>${name}</li>`)}
    </ul>
  </section>`;
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
