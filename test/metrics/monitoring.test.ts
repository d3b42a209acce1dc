import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { readExposition } from './exposition.js';

/** What a query may name of a figure. */
interface Known {
  readonly isHistogram: boolean;
  readonly label: string | undefined;
}

const known = new Map<string, Known>();
/** Those that the agent declares itself, as they stand in the source. */
const ours = new Map<string, Known>();

/** Where figures are declared: `name: 'sidecar_…'`, then `help`, then the label if there is one. */
const DECLARED = /(histogram\(\{\s*)?name: '(sidecar_[a-z_]+)',\s*help:\s*'(?:[^'\\]|\\.)*',\s*(?:label: '([a-z]+)')?/g;

beforeAll(async () => {
  for (const path of readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
    const source = readFileSync(join('src', path), 'utf8');
    const found = [...source.matchAll(DECLARED)];
    expect([path, found.length]).toEqual([path, source.match(/name: 'sidecar_/g)?.length ?? 0]);
    for (const [, histogram, name = '', label] of found)
      ours.set(name, { isHistogram: histogram !== undefined, label });
  }
  for (const [name, one] of ours) known.set(name, one);
  const registry = new MetricsRegistry();
  registry.declareProcess();
  for (const [name, { type }] of readExposition(await registry.text()))
    known.set(name, { isHistogram: type === 'histogram', label: undefined });
});

/** What is wrong with the figures of a query, as sentences. */
function faultsOf(query: string): readonly string[] {
  const named = [...query.matchAll(/\b((?:sidecar|process|nodejs)_[a-z_]+)(?:\{([^}]*)\})?/g)];
  return named.flatMap(([, written = '', matchers = '']) => {
    const part = /^(.+)_(?:bucket|sum|count)$/.exec(written)?.[1];
    const figure = known.get(part ?? written);
    if (!figure || figure.isHistogram !== (part !== undefined)) return [`there is no ${written}`];
    const labels = [...matchers.matchAll(/([a-z_]+)(?:=~|!~|!=|=)"/g)].map((match) => match[1] ?? '');
    const strange = labels.filter((label) => !['instance', 'job', figure.label].includes(label));
    return strange.map((label) => `${written} has no label ${label}`);
  });
}

/** Labels that a query gives out beside Prometheus' own: by which it sums, or all of one figure. */
function labelsOf(query: string): readonly string[] {
  const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap((match) => (match[1] ?? '').split(/,\s*/));
  const named = [...query.matchAll(/\b(sidecar_[a-z_]+)/g)].map((match) => known.get(match[1] ?? '')?.label);
  return ['instance', 'job', ...grouped, ...named.filter((label) => label !== undefined)];
}

describe('the reader of queries of these tests', () => {
  test.each([
    ['sidecar_unheard_of', 'there is no sidecar_unheard_of'],
    ['rate(sidecar_ready_count[1m])', 'there is no sidecar_ready_count'],
    ['sidecar_gossip_probe_seconds', 'there is no sidecar_gossip_probe_seconds'],
    ['sidecar_members{status="alive"}', 'sidecar_members has no label status'],
  ])('refuses %s', (query, fault) => {
    expect(faultsOf(query)).toEqual([fault]);
  });
});

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string; readonly refId: string }[];
}

describe('the dashboard', () => {
  const { panels, templating } = JSON.parse(readFileSync('docs/grafana/sidecar.json', 'utf8')) as {
    readonly panels: readonly Panel[];
    readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
  };
  const shown = panels.filter(({ type }) => type !== 'row');
  const targets = shown.flatMap(({ title, targets: all = [] }) => all.map((one) => ({ title, ...one })));

  test('asks only for what there is', () => {
    expect(targets.length).toBeGreaterThan(40);
    expect(targets.flatMap(({ title, expr }) => faultsOf(expr).map((fault) => `${title}: ${fault}`))).toEqual([]);
  });

  test('names only labels that its queries give out', () => {
    const strange = targets.flatMap(({ title, expr, legendFormat }) => {
      const named = [...legendFormat.matchAll(/\{\{([^}]*)\}\}/g)].map((match) => match[1] ?? '');
      return named.filter((label) => !labelsOf(expr).includes(label)).map((label) => `${title}: ${label}`);
    });
    expect(strange).toEqual([]);
  });

  test('is explained panel by panel, and asks the source of data that is chosen', () => {
    expect(shown.filter(({ description = '' }) => !description.endsWith('.')).map(({ title }) => title)).toEqual([]);
    expect(new Set(shown.map(({ datasource }) => datasource?.uid))).toEqual(new Set(['${datasource}']));
    expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'instance']);
  });

  test('shows nobody but agents and haproxy-api, whoever else tells Prometheus of a process', () => {
    const instances = templating.list.find(({ name }) => name === 'instance');
    const [, figure = ''] = /^label_values\((\w+), instance\)$/.exec(instances?.definition ?? '') ?? [];
    expect(readFileSync('docs/metrics.md', 'utf8')).toMatch(new RegExp(`^\\| .*\`${figure}\`.* \\(api\\) \\|`, 'm'));
    expect(instances).not.toHaveProperty('allValue');
    expect(targets.filter(({ expr }) => !expr.includes('instance=~"$instance"'))).toEqual([]);
  });

  test('has no two panels in one place, or of one number', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe('the alert rules', () => {
  const text = readFileSync('docs/prometheus/alerts.yml', 'utf8');
  /** One rule as the file writes it; what is written otherwise is found missing. */
  const RULE =
    /^ {6}- alert: (\w+)\n {8}expr: (.+)\n(?: {8}for: \d+m\n)? {8}labels:\n {10}severity: (critical|warning)\n {8}annotations:\n {10}summary: '(.+)'\n {10}action: '(.+)'\n {10}runbook: '((?:README|docs\/[\w-]+)\.md#.+)'$/gm;
  const rules = [...text.matchAll(RULE)].map(([, name = '', expr = '', , summary = '', action = '', runbook = '']) => ({
    ...{ name, expr, summary, action, runbook },
  }));

  test('each say what happened, what to do, and where more about it is', () => {
    expect(rules.map(({ name }) => name)).toEqual([...text.matchAll(/- alert: (\w+)/g)].map((match) => match[1]));
    expect(rules.length).toBeGreaterThan(15);
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
    const withoutEnd = rules.filter(({ summary, action }) => !summary.endsWith('.') || !action.endsWith('.'));
    expect(withoutEnd).toEqual([]);
  });

  test('look only at what there is, and name only labels that it has', () => {
    expect(rules.flatMap(({ name, expr }) => faultsOf(expr).map((fault) => `${name}: ${fault}`))).toEqual([]);
    const strange = rules.flatMap(({ name, expr, summary }) => {
      const named = [...summary.matchAll(/\$labels\.([a-z_]+)/g)].map((match) => match[1] ?? '');
      return named.filter((label) => !labelsOf(expr).includes(label)).map((label) => `${name}: ${label}`);
    });
    expect(strange).toEqual([]);
  });

  test('see the first time of something whose series begins with it', () => {
    const unseen = rules.flatMap(({ name, expr }) =>
      [...expr.matchAll(/increase\((([a-z_]+)(?:\{[^}]*\})?)\[(\w+)\]\)/g)]
        .filter(([, series = '', figure = '', range = '']) => {
          const first = `or (${series} unless ${series} offset ${range})`;
          return known.get(figure)?.label !== undefined && !expr.includes(first);
        })
        .map(([whole]) => `${name}: ${whole}`),
    );
    expect(unseen).toEqual([]);
  });

  test('take every job whose name begins with sidecar for one of agents', () => {
    const matchers = rules.flatMap(({ expr }) => [...expr.matchAll(/\bjob(?:=|!)[^,}]*/g)].map(([matcher]) => matcher));
    expect(new Set(matchers)).toEqual(new Set(['job=~"sidecar.*"']));
    expect(rules.filter(({ expr }) => /\b(?:up|process_\w+)\b(?!\{job=)/.test(expr)).map(({ name }) => name)).toEqual(
      [],
    );
  });

  test('lead to parts of the README, or of a page under docs/, that are there', () => {
    const anchorsOf = (page: string): readonly string[] =>
      [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replace(/[^\w\s-]/g, '')
          .replace(/\s/g, '-'),
      );
    const astray = rules.filter(({ runbook }) => {
      const [page = '', part = ''] = runbook.split('#');
      return !existsSync(page) || !anchorsOf(page).includes(part);
    });
    expect(astray.map(({ runbook }) => runbook)).toEqual([]);
  });
});

describe('the list of figures', () => {
  const text = readFileSync('docs/metrics.md', 'utf8');

  test('has every figure with its label, and no other', () => {
    const [prometheus = ''] = text.split('\n## statsd\n');
    const listed = [...prometheus.matchAll(/`(sidecar_[a-z_]+)(?:\{([a-z]+)\})?`(?=[^|\n]*\|.*\|$)/gm)];
    const first = listed.filter(([whole], i) => listed.findIndex(([other]) => other === whole) === i);
    expect(first.map(([, name, label]) => [name, label]).sort()).toEqual(
      [...ours].map(([name, { label }]) => [name, label]).sort(),
    );
  });

  test('mentions no figure that is not there', () => {
    const mentioned = [...text.matchAll(/`(sidecar_[a-z_]+)/g)].map((match) => match[1] ?? '');
    expect(mentioned.filter((name) => !ours.has(name))).toEqual([]);
  });
});
