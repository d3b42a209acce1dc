import { useState } from 'preact/hooks';
import { applyTheme, keptTheme, THEMES, type Theme } from '../platform/theme.js';

const NAMES: Readonly<Record<Theme, string>> = { system: 'Auto', light: 'Light', dark: 'Dark' };

export function ThemeSwitch() {
  const [theme, setTheme] = useState(keptTheme);
  const choose = (value: string): void => {
    const chosen = THEMES.find((each) => each === value) ?? 'system';
    applyTheme(chosen);
    setTheme(chosen);
  };
  return (
    <select
      class="theme"
      aria-label="Light or dark"
      value={theme}
      onChange={({ currentTarget }) => choose(currentTarget.value)}
    >
      {THEMES.map((each) => (
        <option key={each} value={each}>
          {NAMES[each]}
        </option>
      ))}
    </select>
  );
}
