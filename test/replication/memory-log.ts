import type { Facts, Logger } from '../../src/lib/logger.js';

/** A logger that remembers its lines as `level message`. */
export class MemoryLog implements Logger {
  readonly lines: string[] = [];
  readonly facts: Facts[] = [];

  readonly debug = this.at('debug');
  readonly info = this.at('info');
  readonly warn = this.at('warn');
  readonly error = this.at('error');

  child(): Logger {
    return this;
  }

  private at(level: string): (message: string, facts?: Facts) => void {
    return (message, facts = {}) => {
      this.lines.push(`${level} ${message}`);
      this.facts.push(facts);
    };
  }
}
