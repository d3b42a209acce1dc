const WITHIN_MS = 15_000;

/** What a page of the console loads first: the names have a hash of what is in the files, and of all that these load in turn. */
const namesIn = (page: Document): string =>
  [...page.querySelectorAll('script[src], link[rel=stylesheet]')]
    .map((element) => element.getAttribute('src') ?? element.getAttribute('href'))
    .join(' ');

/** Names the build that runs here; as long as it has loaded no more than its first files. */
export const ownBuild = namesIn(document);

/** @returns undefined where the agent cannot be reached, or has no console */
export async function servedBuild(): Promise<string | undefined> {
  const page = await fetch('/ui/', { cache: 'no-cache', signal: AbortSignal.timeout(WITHIN_MS) })
    .then(async (response) => (response.ok ? response.text() : undefined))
    .catch(() => undefined);
  return page === undefined ? undefined : namesIn(new DOMParser().parseFromString(page, 'text/html')) || undefined;
}
