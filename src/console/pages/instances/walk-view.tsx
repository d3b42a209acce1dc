import { STOP_WORDS, type Lane, type Stop } from './walk.js';

/** The way of an instance as a picture: who goes which stretch, and how far it came. */
export function WalkView({ lanes }: { readonly lanes: readonly Lane[] }) {
  return (
    <ol class="lanes" aria-label="Its way into HAProxy">
      {lanes.map(({ title, stops }) => (
        <li key={title} class="lane card">
          <h3>{title}</h3>
          <ol class="stops">
            {stops.map((stop) => (
              <StopView key={stop.name} stop={stop} />
            ))}
          </ol>
        </li>
      ))}
    </ol>
  );
}

function StopView({ stop }: { readonly stop: Stop }) {
  const { title, state, text, facts, isDecisive } = stop;
  const line = (
    <>
      <b class="stop-title">{title}</b>
      <span class={state === 'done' || state === 'ahead' ? 'visually-hidden' : `stop-state stop-state-${state}`}>
        {' '}
        {STOP_WORDS[state]}
      </span>
      {text === '' ? null : <span class="stop-text">{text}</span>}
    </>
  );
  return (
    <li
      class={`stop stop-${state}${isDecisive ? ' stop-decisive' : ''}`}
      aria-current={isDecisive ? 'step' : undefined}
    >
      {facts.length === 0 ? (
        <div class="stop-line">{line}</div>
      ) : (
        <details>
          <summary class="stop-line">{line}</summary>
          <dl class="stop-facts">
            {facts.map(({ label, text: fact, title: exact }) => (
              <div key={label} class="stop-fact">
                <dt>{label}</dt>
                <dd title={exact}>{fact}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </li>
  );
}
