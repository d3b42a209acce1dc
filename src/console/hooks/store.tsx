import { createContext, type ComponentChildren } from 'preact';
import { useContext, useEffect, useReducer, useRef } from 'preact/hooks';
import type { Api } from '../data/api.js';
import type { ConsoleState } from '../data/console-state.js';
import type { Store } from '../data/store.js';

/** One agent: what it tells by itself, and what can be asked. */
export interface Agent {
  readonly store: Store;
  readonly api: Api;
}

const Context = createContext<Agent | undefined>(undefined);

/** @param agent whom all components inside ask and show */
export function AgentProvider({ agent, children }: { readonly agent: Agent; readonly children: ComponentChildren }) {
  return <Context.Provider value={agent}>{children}</Context.Provider>;
}

export function useAgent(): Agent {
  const agent = useContext(Context);
  if (!agent) throw new Error('there is no agent around this component');
  return agent;
}

/** A part of what is known; the component is drawn again when that part is another object. */
export function useStore<T>(select: (state: ConsoleState) => T): T {
  const { store } = useAgent();
  const part = select(store.state());
  const drawn = useRef({ select, part });
  drawn.current = { select, part };
  const [, drawAgain] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    const look = (): void => {
      if (drawn.current.select(store.state()) !== drawn.current.part) drawAgain(undefined);
    };
    look(); // what came between drawing and now
    return store.subscribe(look);
  }, [store]);
  return part;
}
