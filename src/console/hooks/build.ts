import { useEffect, useState } from 'preact/hooks';
import { BuildWatch, type BuildState } from '../data/build-watch.js';
import { isReached } from '../data/console-state.js';
import { isPageVisible, onPageVisible } from '../platform/browser.js';
import { ownBuild, servedBuild } from '../platform/build.js';
import { useStore } from './store.js';

const watch = new BuildWatch(ownBuild, servedBuild);

/** To be told whether a part of the console could be loaded that comes later than the first. */
export const noteLoaded = (isThere: boolean): void => watch.loaded(isThere);

/** Looked at with each connection, and when somebody comes back to the page: an agent is upgraded by a restart. */
export function useBuild(): BuildState {
  const isThere = useStore(({ link }) => isReached(link));
  const [state, setState] = useState(watch.state());
  useEffect(() => {
    const show = (): void => setState(watch.state());
    show(); // what came between drawing and now
    return watch.subscribe(show);
  }, []);
  useEffect(() => {
    const look = (isVisible: boolean): void => void (isVisible && isThere && watch.look());
    look(isPageVisible());
    return onPageVisible(look);
  }, [isThere]);
  return isThere ? state : 'current'; // nothing can be done about it before
}
