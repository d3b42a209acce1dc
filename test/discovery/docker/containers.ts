import { readFileSync } from 'node:fs';
import type { Container } from '../../../src/discovery/docker/container.js';
import { serviceOf, type ContainerFacts, type ContainerReading } from '../../../src/discovery/docker/record.js';

/** The host of the contract's fixtures. */
export const facts: ContainerFacts = {
  hostname: 'h1',
  publishedAddress: '10.79.0.254',
  ownPorts: new Map([[7777, 'the HTTP API of Sidecar']]),
  namer: { kind: 'docker_label', label: 'ServiceName' },
  composeNames: true,
  dockerHealthcheck: true,
  labelFilter: undefined,
};

export const ID = '0123456789ab';

/** A container that publishes port 80 at 32768, but for what `overrides` says. */
export function container(overrides: Partial<Container> = {}): Container {
  return {
    id: `${ID}${'c'.repeat(52)}`,
    name: 'web-1',
    image: 'registry/web:1.2',
    created: 1_795_345_944_000_000_000n,
    state: 'running',
    health: 'none',
    ports: [{ privatePort: 80, publicPort: 32768, type: 'tcp', ip: '0.0.0.0' }],
    labels: new Map(),
    ...overrides,
  };
}

/** What becomes of that container with these labels. */
export function labelled(
  labels: Readonly<Record<string, string>>,
  changed: { readonly container?: Partial<Container>; readonly facts?: Partial<ContainerFacts> } = {},
): ContainerReading {
  return serviceOf(container({ labels: new Map(Object.entries(labels)), ...changed.container }), {
    ...facts,
    ...changed.facts,
  });
}

/** Each complaint in short. */
export const said = ({ complaints }: Pick<ContainerReading, 'complaints'>): readonly string[] =>
  complaints.map(({ code, label, value, expected }) => `${code}: ${label} is ${value}, expected ${expected}`);

export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(`test/fixtures/contract/docker/${name}`, 'utf8'));
}
