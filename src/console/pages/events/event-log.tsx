import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Link } from '../../components/link.js';
import type { AgentEvent } from '../../data/event.js';
import { useAgentClock } from '../../hooks/now.js';
import { focusPage } from '../../hooks/page-focus.js';
import { isTrouble, KIND_WORDS } from '../../words/event.js';
import { count } from '../../words/service.js';
import { clockText, exactText } from '../../words/time.js';
import { daysOf } from './days.js';
import { piecesOf } from './sentence.js';

const STEP = 150;
/** Scrolled by less, the reader still is where new ones appear. */
const AT_TOP_PX = 100;

/** What happened, the newest first. It grows below as it is read, and not above while it is: new ones wait until they are called. */
export function EventLog({ events }: { readonly events: readonly AgentEvent[] }) {
  const { shown, fresh, release } = useHeld(events);
  const [most, setMost] = useState(STEP);
  const now = useAgentClock();
  const days = useMemo(() => daysOf(shown.slice(0, most), now()), [shown, most, now]);
  return (
    <>
      <p class="visually-hidden" role="status">
        {fresh > 0 ? 'There are new events' : ''}
      </p>
      {fresh > 0 ? (
        <div class="news">
          <button type="button" onClick={release}>
            {count(fresh, 'new event')}
          </button>
        </div>
      ) : null}
      {days.map(({ label, events: ofDay }) => (
        <section key={label} class="day" aria-label={label}>
          <h2>{label}</h2>
          <ol class="log">
            {ofDay.map((event) => (
              <EventLine key={event.id} event={event} />
            ))}
          </ol>
        </section>
      ))}
      {shown.length > most ? (
        <More onWanted={() => setMost((known) => known + STEP)} left={shown.length - most} />
      ) : null}
    </>
  );
}

export function EventLine({ event }: { readonly event: AgentEvent }) {
  const { time, kind } = event;
  return (
    <li>
      <time class="num soft" dateTime={new Date(time).toISOString()} title={exactText(time)}>
        {clockText(time)}
      </time>
      <span class={isTrouble(event) ? 'kind kind-bad' : 'kind'}>{KIND_WORDS[kind]}</span>
      <span class="event-text">
        {piecesOf(event).map(({ text, to }, i) =>
          to ? (
            <Link key={i} to={to}>
              {text}
            </Link>
          ) : (
            text
          ),
        )}
      </span>
    </li>
  );
}

/** Events that came while the reader is further down are held back. */
function useHeld(events: readonly AgentEvent[]): {
  readonly shown: readonly AgentEvent[];
  readonly fresh: number;
  readonly release: () => void;
} {
  const [isReading, setReading] = useState(false);
  const [upTo, setUpTo] = useState<number>();
  const newest = events[0]?.id;
  useEffect(() => {
    const look = (): void => setReading(window.scrollY > AT_TOP_PX);
    window.addEventListener('scroll', look, { passive: true });
    return () => window.removeEventListener('scroll', look);
  }, []);
  useEffect(() => {
    setUpTo((known) => (isReading ? (known ?? newest) : undefined));
  }, [isReading, newest]);
  const fresh = upTo === undefined || !isReading ? 0 : events.filter(({ id }) => id > upTo).length;
  const shown = useMemo(() => (fresh === 0 ? events : events.slice(fresh)), [events, fresh]);
  const release = (): void => {
    setUpTo(newest);
    window.scrollTo({ top: 0 });
    focusPage();
  };
  return { shown, fresh, release };
}

/** The end of what is drawn: more is, when it comes near the sight, or is wanted. */
function More({ onWanted, left }: { readonly onWanted: () => void; readonly left: number }) {
  const button = useRef<HTMLButtonElement>(null);
  const wanted = useRef(onWanted);
  wanted.current = onWanted;
  useEffect(() => {
    if (!button.current) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) wanted.current();
      },
      { rootMargin: '600px' },
    );
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [left]);
  return (
    <p class="more">
      <button ref={button} type="button" onClick={onWanted}>
        {count(left, 'older event')}
      </button>
    </p>
  );
}
