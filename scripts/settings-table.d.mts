import type { Row } from '../src/config/rows.js';

export function settingsTable(rows: readonly Row[]): string;
export function withSettingsTable(text: string, table: string, name?: string): string;
