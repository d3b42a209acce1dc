import { useEffect, useRef, useState } from 'preact/hooks';
import { Notice } from '../../components/notice.js';
import type { KnownInstance } from '../../data/catalog.js';
import type { Drain, DrainOutcome, DrainWish } from '../../data/drain.js';
import { tokenInMemory } from '../../hooks/token.js';
import { sentence } from '../../words/sentence.js';
import { DRAIN_TIMES, drainCommand, effectText } from './drain-words.js';
import './drain-dialog.css';

/** Whom this page asks; a sentence: why it can ask nobody. */
export type DrainWay =
  | { readonly drain: Drain }
  | {
      readonly whyNot: string;
      /** Where it can be done; undefined: nobody told. */
      readonly elsewhere: string | undefined;
    };

/**
 * Asks first, then drains an instance or ends that. The browser keeps the focus in it, and gives it back.
 *
 * @param warning what to think of before
 * @param onClosed is told whether it was done
 */
export function DrainDialog({
  instance: { id, service, host },
  does,
  way,
  warning,
  onClosed,
}: {
  readonly instance: KnownInstance;
  readonly does: DrainWish['does'];
  readonly way: DrainWay;
  readonly warning: string | undefined;
  readonly onClosed: (isDone: boolean) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [forTime, setForTime] = useState('');
  const [outcome, setOutcome] = useState<DrainOutcome>();
  const [token, setToken] = useState(tokenInMemory.get() ?? '');
  const [isAsking, setIsAsking] = useState(false);
  const [wrongs, setWrongs] = useState(0);
  const isDone = useRef(false);
  useEffect(() => dialog.current?.showModal(), []);

  const wish: DrainWish = does === 'end' ? { does } : { does, forTime: forTime || undefined };
  const isUseless = !('drain' in way) || outcome?.state === 'forbidden';

  const ask = async (): Promise<void> => {
    if (!('drain' in way) || isAsking) return;
    setIsAsking(true);
    const given = token.trim() || undefined;
    const became = await way.drain(id, wish, given);
    const isWrong = became.state === 'token' && given !== undefined;
    tokenInMemory.keep(isWrong ? undefined : given);
    setIsAsking(false);
    setOutcome(became);
    if (isWrong) setWrongs(wrongs + 1);
    if (became.state !== 'accepted') return;
    isDone.current = true;
    dialog.current?.close();
  };

  const verb = does === 'begin' ? 'Drain' : 'End the drain';
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="drain-title"
      aria-describedby="drain-effect"
      onClose={() => onClosed(isDone.current)}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <h2 id="drain-title">
          {does === 'begin' ? `Drain ${service} on ${host}?` : `End the drain of ${service} on ${host}?`}
        </h2>
        <p id="drain-effect">{effectText(does)}</p>
        {warning === undefined ? null : <p class="dialog-warning">{warning}</p>}
        {does === 'end' ? null : (
          <label class="field">
            <span>For how long</span>
            <select value={forTime} onChange={({ currentTarget }) => setForTime(currentTarget.value)}>
              {DRAIN_TIMES.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        )}
        {outcome?.state === 'token' ? <TokenField token={token} onInput={setToken} wrongs={wrongs} /> : null}
        {outcome ? <Refusal outcome={outcome} host={host} /> : null}
        {'whyNot' in way ? (
          <p>
            {way.whyNot} {way.elsewhere === undefined ? null : <a href={way.elsewhere}>Open its console</a>}
          </p>
        ) : null}
        {isUseless ? (
          <>
            <p class="soft">
              Run this {does === 'end' ? `on ${host}` : `on ${host}, or on any other host of the cluster`}:
            </p>
            <pre class="code command" tabIndex={0}>
              <code>{drainCommand(id, wish)}</code>
            </pre>
          </>
        ) : null}
        <div class="dialog-buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            {isUseless ? 'Close' : 'Cancel'}
          </button>
          {isUseless ? null : (
            <button type="submit" class="primary" aria-disabled={isAsking}>
              {isAsking ? 'Asking the agent' : verb}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}

/** The focus goes to it when it appears, and when its token is refused: it is what is asked next. @param wrongs how many were */
function TokenField({
  token,
  onInput,
  wrongs,
}: {
  readonly token: string;
  readonly onInput: (token: string) => void;
  readonly wrongs: number;
}) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [wrongs]);
  return (
    <label class="field">
      <span>Token</span>
      <input
        ref={field}
        type="password"
        autocomplete="off"
        required
        value={token}
        aria-invalid={wrongs > 0}
        aria-describedby="token-note"
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      <span
        id="token-note"
        key={wrongs}
        class={wrongs > 0 ? 'field-bad' : 'soft'}
        role={wrongs > 0 ? 'alert' : undefined}
      >
        {wrongs > 0
          ? 'That is not the token of this agent.'
          : 'The agent asks for its token (http.token). This page forgets it when it is closed.'}
      </span>
    </label>
  );
}

const TITLES = {
  forbidden: 'Not from this page',
  gone: 'It does not run there any more',
  failed: 'That did not work',
};

function Refusal({ outcome: { state, text }, host }: { readonly outcome: DrainOutcome; readonly host: string }) {
  if (state === 'accepted' || state === 'token') return null;
  return (
    <Notice tone={state === 'forbidden' ? 'plain' : 'bad'} title={TITLES[state]}>
      <p>{sentence(state === 'gone' ? `the agent of ${host} says: ${text}` : text)}</p>
    </Notice>
  );
}
