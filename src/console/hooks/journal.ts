import { useEffect, useRef, useState } from 'preact/hooks';
import { isReached } from '../data/console-state.js';
import { JournalReader, NOTHING_READ, type JournalView } from '../data/journal.js';
import { useLiveEvents } from './live-events.js';
import { useAgent, useStore } from './store.js';

/** All of the agent's journal, and what happens while this component is there; read on with each connection. */
export function useJournal(): JournalView {
  const { api } = useAgent();
  const { live, missed } = useLiveEvents();
  const canAnswer = useStore(({ link }) => isReached(link));
  const host = useStore(({ hostname }) => hostname); // another one at the same address has another journal
  const [view, setView] = useState(NOTHING_READ);
  const reader = useRef<JournalReader | undefined>(undefined);
  useEffect(() => {
    const made = new JournalReader(api, setView);
    reader.current = made;
    return () => made.stop();
  }, [api, host, missed]);
  useEffect(() => setView(NOTHING_READ), [api, host]);
  useEffect(() => {
    if (canAnswer) void reader.current?.read();
  }, [api, host, missed, canAnswer]);
  useEffect(() => {
    if (live.length > 0) reader.current?.take(live);
  }, [api, host, missed, live]);
  return view;
}
