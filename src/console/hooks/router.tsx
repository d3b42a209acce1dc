import { createContext, type ComponentChildren } from 'preact';
import { useCallback, useContext, useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { browserHistory } from '../platform/history.js';
import { hrefOf, parseAddress, type Address, type Query } from './address.js';

export interface Router {
  readonly address: Address;
  /** First segments of the pages that there are. */
  readonly pages: ReadonlySet<string>;
  /** Shows another page, to which the way back leads from there on. */
  readonly go: (href: string) => void;
  /** Changes the filters of this page; undefined or empty takes one away. `isTyping`: no entry for the way back. */
  readonly filter: (changes: Query, options?: { readonly isTyping: boolean }) => void;
}

const Context = createContext<Router | undefined>(undefined);

/** @param pages first segments of the pages that there are: links lead to no others */
export function RouterProvider({
  pages,
  children,
}: {
  readonly pages: ReadonlySet<string>;
  readonly children: ComponentChildren;
}) {
  const [{ address, scrollY }, setPlace] = useState<Place>({ address: here() });
  useEffect(() => browserHistory.onBack((y) => setPlace({ address: here(), scrollY: y })), []);
  useLayoutEffect(() => {
    if (scrollY !== undefined) window.scrollTo(0, scrollY);
  }, [address, scrollY]);

  const go = useCallback((href: string) => {
    browserHistory.go(href, true);
    setPlace({ address: here(), scrollY: 0 });
  }, []);
  const filter = useCallback<Router['filter']>((changes, options) => {
    const { segments, query } = here();
    browserHistory.go(hrefOf({ segments, query: { ...query, ...changes } }), !options?.isTyping);
    setPlace({ address: here() });
  }, []);

  const router = useMemo(() => ({ address, pages, go, filter }), [address, pages, go, filter]);
  return <Context.Provider value={router}>{children}</Context.Provider>;
}

interface Place {
  readonly address: Address;
  /** Where in the page to go; undefined: it stays where it is. */
  readonly scrollY?: number;
}

function here(): Address {
  const { pathname, search } = browserHistory.location();
  return parseAddress(pathname, search);
}

export function useRouter(): Router {
  const router = useContext(Context);
  if (!router) throw new Error('there is no router around this component');
  return router;
}
