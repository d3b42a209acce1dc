import { useCallback, useMemo } from 'preact/hooks';
import { Notice, Waiting } from '../../components/notice.js';
import { SearchField } from '../../components/search-field.js';
import { TimeAgo } from '../../components/time-ago.js';
import type { NoAnswer } from '../../data/api.js';
import type { Proxy } from '../../data/proxy.js';
import type { ServedConfig } from '../../data/served-config.js';
import { useCopy } from '../../hooks/copy.js';
import { usePolled } from '../../hooks/polled.js';
import { useRouter } from '../../hooks/router.js';
import { useAgent } from '../../hooks/store.js';
import { howText } from '../../words/proxy.js';
import { count, numberText } from '../../words/service.js';
import { ConfigText } from './config-text-view.js';
import { diffLinesOf, diffSizes, searched, sectionsOf, type DiffLine } from './config-text.js';

/** It is asked for at once when another text is applied; this is for what nobody told of. */
const PACE = { everyMs: 60_000, leastMs: 1_000 };

/** The text that HAProxy has, and what changed in it the last time. */
export function ConfigView({ proxy }: { readonly proxy: Proxy }) {
  const { api } = useAgent();
  const ask = useCallback(() => api.servedConfig(), [api]);
  const { value, fault } = usePolled(ask, PACE, proxy.config.runtimeDigest);
  if (value) return <Known config={value} />;
  return fault ? <Unread fault={fault} /> : <Waiting>Asking the agent for the configuration</Waiting>;
}

function Known({ config }: { readonly config: ServedConfig }) {
  const { address, filter: change } = useRouter();
  const { copied, copy } = useCopy();
  const query = address.query['q'] ?? '';
  const sections = useMemo(() => sectionsOf(config.text), [config]);
  const diff = useMemo(() => diffLinesOf(config.diff), [config]);
  const found = useMemo(() => searched(sections, query), [sections, query]);
  const added = useMemo(
    () => new Set(diff.flatMap(({ kind, number }) => (kind === 'added' && number !== undefined ? [number] : []))),
    [diff],
  );
  const lines = sections.reduce((sum, section) => sum + section.lines.length, 0);
  return (
    <>
      <LastChange config={config} diff={diff} />
      <section aria-labelledby="text">
        <h2 id="text">
          The whole text
          <small class="soft">
            {count(lines, 'line')}, digest <code>{config.digest}</code>
          </small>
        </h2>
        <div class="toolbar">
          <SearchField
            label="Search the configuration"
            value={query}
            onInput={(q) => change({ q }, { isTyping: true })}
          />
          <span class="soft num" role="status">
            {query === ''
              ? ''
              : found.lines === 0
                ? 'No line has it'
                : `${count(found.lines, 'line')} in ${count(found.sections.length, 'section')}`}
          </span>
          <div class="copy">
            <button type="button" onClick={() => copy(config.text)}>
              Copy all
            </button>
            <span class="soft" role="status">
              {copied === 'yes' ? 'Copied' : copied === 'no' ? 'The browser does not allow it' : ''}
            </span>
          </div>
        </div>
        {found.sections.length === 0 ? null : <ConfigText sections={found.sections} query={query} added={added} />}
      </section>
    </>
  );
}

function LastChange({ config, diff }: { readonly config: ServedConfig; readonly diff: readonly DiffLine[] }) {
  const { added, removed } = diffSizes(diff);
  return (
    <section aria-labelledby="diff">
      <h2 id="diff">
        What changed in the last apply
        <small class="soft">
          <TimeAgo at={config.appliedAt} /> ago, {howText(config.how)}
          {config.previous === undefined ? null : (
            <span class="diff-sizes num" aria-hidden="true">
              <span class="good">+{numberText(added)}</span> <span class="bad">−{numberText(removed)}</span>
            </span>
          )}
        </small>
      </h2>
      <p class="reason">{config.reason}</p>
      {config.previous === undefined ? (
        <p class="soft">It is the first text that this agent knows of since it began.</p>
      ) : (
        <>
          <p class="visually-hidden">
            {count(added, 'line')} added, {count(removed, 'line')} removed
          </p>
          <pre class="code diff" tabIndex={0} role="region" aria-label="Lines that changed, as diff shows them">
            {diff.map((line, i) => (
              <DiffRow key={i} line={line} />
            ))}
          </pre>
        </>
      )}
    </section>
  );
}

function DiffRow({ line: { kind, text, number } }: { readonly line: DiffLine }) {
  const gutter = (
    <span class="line-number" aria-hidden="true">
      {number ?? ''}
    </span>
  );
  switch (kind) {
    case 'added':
      return (
        <ins>
          {gutter}+ {text}
          {'\n'}
        </ins>
      );
    case 'removed':
      return (
        <del>
          {gutter}− {text}
          {'\n'}
        </del>
      );
    case 'same':
      return (
        <span>
          {gutter}
          {'  '}
          {text}
          {'\n'}
        </span>
      );
    case 'cut':
      return (
        <span class="diff-cut">
          {gutter}
          {text}
          {'\n'}
        </span>
      );
  }
}

function Unread({ fault }: { readonly fault: NoAnswer }) {
  const isAbsent = fault.why === 'absent';
  return (
    <Notice tone="plain" title="The configuration cannot be shown">
      <p>{isAbsent ? 'This agent is of a version that does not tell what HAProxy has.' : `${fault.text}.`}</p>
    </Notice>
  );
}
