/** The agent's token, where it asked for one: known while this page is open, and written nowhere. */
let kept: string | undefined;

export const tokenInMemory = {
  get: (): string | undefined => kept,
  keep: (token: string | undefined): void => void (kept = token),
};
