import type { CatalogReader, MembersReader } from '../catalog/reader.js';
import type { HealthChecks } from '../health/health-checks.js';
import type { Component } from '../lib/lifecycle.js';
import type { ProblemBoard } from '../lib/problems.js';
import type { ComposedHaproxy } from './haproxy.js';

/** What the readers of an agent's catalog see. */
export interface View {
  readonly catalog: CatalogReader;
  readonly members: MembersReader;
}

/** An agent to who lives in it. */
export interface Inside {
  /** With what the guest adds. */
  readonly catalog: CatalogReader;
  /** Resolves when what runs here has been listed and checked, or the grace for that is over. */
  readonly settled: Promise<void>;
  readonly haproxy: ComposedHaproxy;
  /** Of this host's instances. */
  readonly health: Pick<HealthChecks, 'state'>;
  readonly problems: ProblemBoard;
  /** Sources of discovery that have not listed anything yet. */
  readonly unlisted: () => readonly string[];
}

/** Parts beside those of every agent, and what they add to what it sees. */
export interface Guest {
  /** @param own what the agent sees without it */
  readonly view: (own: View) => View;
  /** In the order of their start, after all others. */
  readonly parts: (inside: Inside) => readonly Component[];
}
