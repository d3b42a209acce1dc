import { useEffect, useRef, useState } from 'preact/hooks';
import { isReached } from '../data/console-state.js';
import { JournalReader, NOTHING_READ, type JournalView } from '../data/journal.js';
import { useAgent, useStore } from './store.js';

/** All of the agent's journal, and what happens while this component is there; read on with each connection. */
export function useJournal(): JournalView {
  const { api } = useAgent();
  const live = useStore(({ events }) => events);
  const canAnswer = useStore(({ link }) => isReached(link));
  const [view, setView] = useState(NOTHING_READ);
  const reader = useRef<JournalReader | undefined>(undefined);
  useEffect(() => {
    const made = new JournalReader(api, setView);
    reader.current = made;
    return () => made.stop();
  }, [api]);
  useEffect(() => {
    if (canAnswer) void reader.current?.read();
  }, [api, canAnswer]);
  useEffect(() => {
    if (live.length > 0) reader.current?.take(live);
  }, [api, live]);
  return view;
}
