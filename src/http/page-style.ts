import { createHash } from 'node:crypto';

/** The whole look of the pages: light and dark as the reader's system says, one column on a phone. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #fff; --line: #e3e6ea; --text: #1d2430; --soft: #5d6878; --accent: #2b5fd9;
  --good: #15803d; --bad: #c2261c; --warn: #a15c00; --idle: #6b7280; --alert: #fdecea; --wait: #fff6e0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151b; --card: #1a1f28; --line: #2b323e; --text: #e6e9ef; --soft: #9aa5b5; --accent: #8ab0ff;
    --good: #4ade80; --bad: #ff8a80; --warn: #fbbf24; --idle: #9ca3af; --alert: #3a1b1b; --wait: #33290f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 68rem; padding: 1.5rem 1rem 3rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
h1, h2, p, ul { margin: 0; padding: 0; }
a { color: var(--accent); }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1.25rem; margin-bottom: 1.25rem; }
h1 { font-size: 1.5rem; letter-spacing: -.02em; overflow-wrap: anywhere; }
header p { color: var(--soft); }
header .summary { margin-left: auto; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin-bottom: 1rem; overflow: hidden; }
.card h2 { font-size: 1rem; padding: .7rem 1rem; display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; overflow-wrap: anywhere; }
.card h2 small { color: var(--soft); font-weight: 400; }
.notice { border-left: 4px solid var(--bad); background: var(--alert); }
.notice.waiting { border-left-color: var(--warn); background: var(--wait); }
.notice ul { list-style: none; padding: 0 1rem .8rem; }
.notice li { overflow-wrap: anywhere; }
.notice li + li { margin-top: .4rem; }
.notice small { color: var(--soft); }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { text-align: left; padding: .5rem 1rem; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-size: .8rem; font-weight: 500; padding-block: .3rem; }
.col-status { width: 8.5rem; } .col-path { width: 20rem; } .col-host { width: 20%; } .col-ports { width: 17%; } .col-updated { width: 8.75rem; }
code { font: .92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
td small { color: var(--soft); display: block; }
.status { font-weight: 600; white-space: nowrap; }
.status::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .5em; border-radius: 50%; background: currentColor; }
.alive { color: var(--good); } .unhealthy { color: var(--bad); } .draining { color: var(--warn); }
.unknown, .tombstone { color: var(--idle); }
.unhealthy::before { border-radius: 1px; }
.unknown::before, .tombstone::before { background: none; border: 2px solid currentColor; }
tr.gone td { color: var(--idle); }
.empty { padding: 1.5rem 1rem; color: var(--soft); }
.members { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem; padding: 0 1rem .9rem; }
.members li { border: 1px solid var(--line); border-radius: 99px; padding: .1rem .75rem; overflow-wrap: anywhere; }
footer { color: var(--soft); font-size: .9rem; }
@media (max-width: 40rem) {
  header .summary { margin-left: 0; width: 100%; }
  thead { display: none; }
  tr { display: block; padding: .6rem 1rem; border-top: 1px solid var(--line); }
  td { display: block; position: relative; border: 0; padding: .1rem 0 .1rem 5.5rem; }
  td:empty { display: none; }
  td::before { content: attr(data-label); position: absolute; left: 0; color: var(--soft); }
}
`;

/** A page loads nothing and runs nothing; the style sheet above is the only one that acts. */
export const PAGE_POLICY =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; ` +
  `base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
