/** `system`: as the reader's system says. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'sidecar.theme';

/** What was chosen in this browser before. */
export function keptTheme(): Theme {
  const kept = withStorage((storage) => storage.getItem(KEY));
  return THEMES.find((theme) => theme === kept) ?? 'system';
}

/** Shows the page in it, and keeps it for the next time if the browser does. */
export function applyTheme(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset['theme'];
  else dataset['theme'] = theme;
  withStorage((storage) => storage.setItem(KEY, theme));
}

/** Undefined where the reader does not let pages keep anything, or there is no room. */
function withStorage<T>(act: (storage: Storage) => T): T | undefined {
  try {
    return act(window.localStorage);
  } catch {
    return undefined;
  }
}
