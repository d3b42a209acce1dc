/** The address bar, and the way back. */
export const browserHistory = {
  location: (): { readonly pathname: string; readonly search: string } => window.location,

  /** @param isNew whether the way back leads to what was before, and to where in it the reader was */
  go(href: string, isNew: boolean): void {
    if (isNew) {
      window.history.replaceState({ scrollY: window.scrollY }, '');
      window.history.pushState(null, '', href);
    } else {
      window.history.replaceState(null, '', href);
    }
  },

  /**
   * @param act is told where in the page the reader was
   * @returns its end
   */
  onBack(act: (scrollY: number) => void): () => void {
    window.history.scrollRestoration = 'manual'; // the browser would do it before the page is drawn
    const back = ({ state }: PopStateEvent): void => act(scrollOf(state));
    window.addEventListener('popstate', back);
    return () => window.removeEventListener('popstate', back);
  },
};

function scrollOf(state: unknown): number {
  const isKept = typeof state === 'object' && state !== null && 'scrollY' in state;
  return isKept && typeof state.scrollY === 'number' ? state.scrollY : 0;
}
