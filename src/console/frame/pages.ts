import type { ComponentType } from 'preact';
import { ClustersPage } from '../pages/clusters/clusters-page.js';
import { EventsPage } from '../pages/events/events-page.js';
import { HaproxyPage } from '../pages/haproxy/haproxy-page.js';
import { HostsPage } from '../pages/hosts/hosts-page.js';
import { InstancesPage } from '../pages/instances/instance-page.js';
import { ServicesPage } from '../pages/services/services-page.js';

/** A page of the console. To add one: its component in a folder of `pages/`, and a line here. */
export interface Page {
  /** First segment of its address below `/ui/`. */
  readonly name: string;
  /** In the navigation; undefined: it is reached from others. */
  readonly label: string | undefined;
  /** @param rest the segments after the first, decoded */
  readonly View: ComponentType<{ readonly rest: readonly string[] }>;
}

/** In the order of the navigation; the first is shown at `/ui/`. */
export const PAGES: readonly Page[] = [
  { name: 'services', label: 'Services', View: ServicesPage },
  { name: 'instances', label: undefined, View: InstancesPage },
  { name: 'hosts', label: 'Hosts', View: HostsPage },
  { name: 'haproxy', label: 'HAProxy', View: HaproxyPage },
  { name: 'events', label: 'Events', View: EventsPage },
  { name: 'clusters', label: 'Clusters', View: ClustersPage },
];
