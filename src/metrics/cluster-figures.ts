import type { MetricsRegistry } from './registry.js';

/** What of the catalog and the cluster is counted. */
export interface ClusterNumbers {
  /** Rises when something other than a record's `updated` differs. */
  readonly contentVersion: number;
  readonly recordsByStatus: Readonly<Record<string, number>>;
  readonly membersByState: Readonly<Record<string, number>>;
}

/** Declares the figures of what this agent knows of the cluster. */
export function declareClusterFigures(registry: MetricsRegistry, read: () => ClusterNumbers): void {
  registry.declare(read, [
    {
      type: 'gauge',
      name: 'sidecar_catalog_records',
      help: 'Service records in the catalog, by status.',
      label: 'status',
      values: ({ recordsByStatus }) => recordsByStatus,
    },
    {
      type: 'gauge',
      name: 'sidecar_catalog_content_version',
      help: 'Content version of the catalog; HAProxy follows it.',
      value: ({ contentVersion }) => contentVersion,
    },
    {
      type: 'gauge',
      name: 'sidecar_members',
      help: 'Members of the cluster as this agent sees them, itself included, by state.',
      label: 'state',
      values: ({ membersByState }) => membersByState,
    },
  ]);
}
