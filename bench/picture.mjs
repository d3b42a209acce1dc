// Draws the share of members that know, over time.
const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 64;
const RIGHT = 20;
const TOP = 48;
const BOTTOM = 56;
/** Told apart by their hue and by their dashes, on light and on dark ground. */
const LINES = [
  { colour: 'var(--a)', dashes: 'none' },
  { colour: 'var(--b)', dashes: '7 3' },
  { colour: 'var(--c)', dashes: '2 3' },
];
const STYLE = `
  svg { --ink: #1f2430; --faint: #d5d9e0; --ground: #fff; --a: #0b6bcb; --b: #b3560b; --c: #7a2fa8; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e6e8ee; --faint: #3a404c; --ground: #14171d; --a: #6cb6ff; --b: #ffb066; --c: #d39bf5; }
  }
  text { fill: var(--ink); font: 13px system-ui, sans-serif; }
  .title { font-weight: 600; font-size: 15px; }
  .grid { stroke: var(--faint); }
  .curve { fill: none; stroke-width: 2; }`;

/** @param curves each with a label and, for each run, the times in ms at which one more member knew, sorted */
export function pictureOf(title, members, curves) {
  const last = Math.max(...curves.flatMap(({ runs }) => runs.flatMap((times) => times.at(-1))));
  const stepMs = [50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000].find((step) => last / step <= 10) ?? 20_000;
  const end = Math.ceil(last / stepMs) * stepMs;
  const x = (ms) => (LEFT + (ms / end) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (share) => (TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const shares = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(share)}" y2="${y(share)}"/>` +
      `<text x="${LEFT - 8}" y="${Number(y(share)) + 4}" text-anchor="end">${share * 100} %</text>`,
  );
  const moments = Array.from({ length: end / stepMs + 1 }, (_, i) => i * stepMs).map(
    (ms) =>
      `<line class="grid" x1="${x(ms)}" x2="${x(ms)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>` +
      `<text x="${x(ms)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${ms / 1000}</text>`,
  );
  const lines = curves.map(({ label, runs }, i) => {
    const { colour, dashes } = LINES[i % LINES.length];
    const place = `transform="translate(${WIDTH - RIGHT - 130} ${HEIGHT - BOTTOM - 70 + i * 22})"`;
    return (
      `<polyline class="curve" stroke="${colour}" stroke-dasharray="${dashes}" points="${points(runs, members, end, x, y)}"/>` +
      `<g ${place}><line x2="30" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes}"/><text x="38" y="4">${label}</text></g>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
<style>${STYLE}
</style>
<rect width="${WIDTH}" height="${HEIGHT}" fill="var(--ground)"/>
<text class="title" x="${LEFT}" y="26">${title}</text>
${[...shares, ...moments, ...lines].join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 12}" text-anchor="middle">time since the change, s</text>
<text transform="translate(16 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">members that know</text>
</svg>
`;
}

/** The mean of all runs, where it changes. */
function points(runs, members, end, x, y) {
  const moments = 200;
  const at = Array.from({ length: moments + 1 }, (_, i) => (i / moments) * end);
  const shareAt = (ms) => runs.flat().filter((time) => time <= ms).length / (members * runs.length);
  return at.map((ms) => `${x(ms)},${y(shareAt(ms))}`).join(' ');
}
