import type { Row } from '../src/config/table.js';

export function settingsTable(rows: readonly Row[]): string;
export function withSettingsTable(text: string, table: string): string;
