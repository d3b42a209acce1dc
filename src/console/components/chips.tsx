import type { ComponentChildren } from 'preact';
import { numberText } from '../words/service.js';

export interface Chip {
  /** Empty for the one that chooses nothing. */
  readonly value: string;
  readonly label: ComponentChildren;
  readonly count?: number;
}

/** One of a few filters. */
export function Chips({
  label,
  chips,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly chips: readonly Chip[];
  readonly chosen: string;
  readonly onChoose: (value: string) => void;
}) {
  return (
    <div class="chips" role="group" aria-label={label}>
      {chips.map(({ value, label: text, count }) => (
        <button key={value} type="button" aria-pressed={value === chosen} onClick={() => onChoose(value)}>
          {text}
          {count === undefined ? null : <span class="count">{numberText(count)}</span>}
        </button>
      ))}
    </div>
  );
}
