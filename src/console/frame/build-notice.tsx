import { useBuild } from '../hooks/build.js';
import type { BuildState } from '../data/build-watch.js';
import { reloadPage } from '../platform/browser.js';

const TEXTS: Readonly<Record<Exclude<BuildState, 'current'>, string>> = {
  old: 'The agent has another version of the console by now',
  broken: 'A part of this page could not be loaded',
};

/** Across the page when it should be loaded anew, which is left to the reader: there may be something half written. */
export function BuildNotice() {
  const build = useBuild();
  return (
    <div class="build-notice" role="status">
      {build === 'current' ? null : (
        <div>
          <span>{TEXTS[build]}.</span>
          <button type="button" onClick={reloadPage}>
            Reload
          </button>
        </div>
      )}
    </div>
  );
}
