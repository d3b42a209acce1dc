import { Html, html } from './html.js';
import type { Operation, Paths } from './openapi/operation.js';
import { STYLE } from './page-style.js';

interface Tag {
  readonly name: string;
  readonly description: string;
}

/**
 * The page that lists every route with what it answers, under its tag; those that can be looked at as they are, as links.
 *
 * @param isInPlaceOfConsole it is shown where the console would be, and says so
 */
export function routesPage(
  { tags, paths }: { readonly tags: readonly Tag[]; readonly paths: Paths },
  { isInPlaceOfConsole }: { readonly isInPlaceOfConsole: boolean },
): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Sidecar</title>
        ${new Html(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <header>
          <h1>Sidecar</h1>
          <p>All that this agent answers. What runs where is on the page of <a href="/services">services</a>.</p>
        </header>
        ${isInPlaceOfConsole ? WITHOUT_CONSOLE : ''}
        <main>${tags.map((tag) => tagCard(tag, paths))}</main>
        <footer>For programs: <a href="/api/openapi.json">openapi.json</a></footer>
      </body>
    </html> `.markup;
}

const WITHOUT_CONSOLE = html`<section class="card notice waiting">
  <h2>
    The console is not there
    <small><code>npm run build</code> makes it; where it could not be read, the log of the agent says why</small>
  </h2>
</section>`;

function tagCard({ name, description }: Tag, paths: Paths): Html {
  const rows = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, { tags }]) => tags.includes(name))
      .map(([method, operation]) => routeRow(method, path, operation)),
  );
  return html`<section class="card">
    <h2>${name} <small>${description}</small></h2>
    <table>
      <thead>
        <tr>
          <th class="col-status">Method</th>
          <th class="col-path">Path</th>
          <th>Answer</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`;
}

function routeRow(method: string, path: string, { summary }: Operation): Html {
  const isLink = method === 'get' && !path.includes('{');
  return html`<tr>
    <td data-label="Method">${method.toUpperCase()}</td>
    <td data-label="Path"><code>${isLink ? html`<a href="${path}">${path}</a>` : path}</code></td>
    <td data-label="Answer">${summary}</td>
  </tr>`;
}
