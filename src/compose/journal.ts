import { join } from 'node:path';
import type { CatalogReader } from '../catalog/reader.js';
import type { LoadedConfig } from '../config/load.js';
import { printConfig } from '../config/print.js';
import type { GossipDelegate } from '../gossip/core/ports.js';
import type { ProxyNews } from '../haproxy/diary.js';
import type { CheckState } from '../health/check-report.js';
import { EventFeed } from '../http/event-feed.js';
import type { HistoryReader } from '../http/journal.js';
import type { UnsentBodies } from '../http/unsent-bodies.js';
import { CalmProblems } from '../journal/calm-problems.js';
import { Journal, MAX_JOURNAL_BYTES } from '../journal/journal.js';
import { JournalFiles } from '../journal/journal-files.js';
import { JournalKeeper } from '../journal/journal-keeper.js';
import { serviceHappening, type Came } from '../journal/service-happening.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { Turns } from '../lib/turns.js';
import { declareJournalFigures } from '../metrics/journal-figures.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import { deflate } from '../platform/deflate.js';
import { systemFiles } from '../platform/files.js';
import { systemProcesses } from '../platform/processes.js';
import type { RefusedRecord } from '../replication/refused-records.js';
import type { Service } from '../service/service.js';
import { msFromNs } from '../service/timestamp.js';
import { checkHappening, MemberNews, problemHappening, proxyHappening, refusalHappening } from './happenings.js';

/** The journal, and what tells it. */
export interface ComposedJournal {
  readonly history: HistoryReader;
  readonly feed: EventFeed;
  /** Opens the journal: to be started before all that has something to tell. */
  readonly keeper: Component;
  /** The same delegate; what it hears of members is told. */
  overheard(delegate: GossipDelegate): GossipDelegate;
  refused(refused: RefusedRecord): void;
  proxyNews(news: ProxyNews): void;
  /** @param before undefined: nothing was known of its health */
  checked(
    of: { readonly id: string; readonly name: string } | undefined,
    state: CheckState,
    before: CheckState | undefined,
  ): void;
}

export function composeJournal(
  config: LoadedConfig,
  deps: {
    readonly catalog: CatalogReader;
    /** How a record came from a peer. */
    readonly receiptOf: (record: Service) => Came | undefined;
    /** The text of HAProxy's template in use. */
    readonly template: () => string | undefined;
    readonly unsent: UnsentBodies;
    readonly metrics: MetricsRegistry;
    readonly clock: Clock;
    readonly wall: WallClock;
    readonly problems: ProblemBoard;
    readonly log: Logger;
  },
): ComposedJournal {
  const { catalog, template, unsent, metrics, clock, wall, problems } = deps;
  const { hostname, clusterName, stateDir, historySize, historyCheckOutput } = config.settings.sidecar;
  const log = deps.log.child('journal');
  const settings = printConfig(config);
  const surroundings = () => ({ template: template(), settings });
  const journal = new Journal({ size: historySize }, { catalog, surroundings, wall });
  const directory = join(stateDir, 'journal');
  const turns = new Turns(clock);
  const { signal: never } = new AbortController();
  const turn = (): Promise<void> => turns.take(never);
  const files = new JournalFiles(
    { directory, cluster: clusterName, maxEvents: historySize, maxBytes: MAX_JOURNAL_BYTES },
    { files: systemFiles, deflate, turn, log },
  );
  const keeper = new JournalKeeper({ hostname, directory }, { journal, files, clock, wall, problems, log });
  const { fileLimit } = systemProcesses;
  const feed = new EventFeed({ fileLimit }, { events: journal, unsent, clock });

  const members = new MemberNews();
  catalog.onChange((event) => {
    const came = event.reason === 'received' ? deps.receiptOf(event.service) : undefined;
    journal.record(serviceHappening(event, historyCheckOutput, came));
  });
  const calm = new CalmProblems(clock, (change) => journal.record(problemHappening(change, hostname)));
  problems.onChange((change) => calm.changed(change));
  declareJournalFigures(metrics, () => {
    const { oldest, ...numbers } = journal.numbers();
    const oldestAgeMs = oldest === undefined ? undefined : msFromNs(wall.nowNs() - oldest);
    return { ...numbers, oldestAgeMs, failures: keeper.failures, feed: feed.numbers() };
  });

  return {
    history: {
      history: async (query) => {
        await turn();
        return journal.history(query);
      },
      at: async (time) => {
        await turn();
        return journal.at(time);
      },
    },
    feed,
    keeper,
    overheard: (delegate) => ({
      takeBroadcasts: (budget) => delegate.takeBroadcasts(budget),
      takeLarge: (budget) => delegate.takeLarge(budget),
      onUserMessage: (payload, peer) => delegate.onUserMessage(payload, peer),
      localState: (join) => delegate.localState(join),
      onRemoteState: (state, peer) => delegate.onRemoteState(state, peer),
      onStranger: (from, claimed) => delegate.onStranger(from, claimed),
      onMember: (event) => {
        const happening = members.happeningOf(event);
        if (happening) journal.record(happening);
        delegate.onMember(event);
      },
    }),
    refused: (refused) => journal.record(refusalHappening(refused)),
    proxyNews: (news) => journal.record(proxyHappening(news, hostname), news.config),
    checked: (of, state, before) => {
      const happening = of && checkHappening(of, state, before, hostname, historyCheckOutput);
      if (happening) journal.record(happening);
    },
  };
}
