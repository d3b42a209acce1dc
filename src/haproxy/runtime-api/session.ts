import { ok, refused, type Result } from '../../lib/result.js';
import type { AskSocket } from '../ports.js';
import type { RuntimeFault } from './fault.js';

/** HAProxy serves one connection's commands one after the other, between requests: a batch must not keep it for long. */
const LINES_PER_CONNECTION = 100;
const LIMITS = { timeoutMs: 2_000, maxBytes: 8 * 1024 * 1024 };
/** Between two answers in interactive mode. HAProxy management guide, section 9.3. */
const PROMPT = '\n> ';
/** A line is cut at `tune.bufsize` (16 kB unless set). */
const MAX_LINE = 8_192;
/** What ends a line, begins a second command on it, or a payload after it; no answer shows which command did it. */
const UNSPEAKABLE = /[\p{Cc};]|<</u;

/** Commands for HAProxy's stats socket, in batches over connections that are bounded in time and size. */
export class RuntimeSession {
  constructor(
    private readonly askSocket: AskSocket,
    private readonly path: string,
  ) {}

  /**
   * Sends commands in their order; a refused one does not stop those after it.
   *
   * @returns one answer per line, without its line ends; never rejects. With a fault it is unknown which commands HAProxy carried
   *   out, except for UNSPEAKABLE: then none was sent
   */
  async ask(lines: readonly string[]): Promise<Result<readonly string[], RuntimeFault>> {
    const unspeakable = lines.find((line) => line === '' || line.length > MAX_LINE || UNSPEAKABLE.test(line));
    if (unspeakable !== undefined) return refused({ code: 'UNSPEAKABLE', command: unspeakable });
    const answers: string[] = [];
    for (let start = 0; start < lines.length; start += LINES_PER_CONNECTION) {
      const batch = lines.slice(start, start + LINES_PER_CONNECTION);
      const said = await this.askSocket(this.path, ['prompt', ...batch, 'quit'].join('\n'), LIMITS);
      if (!said.ok) return refused({ code: 'SILENT', words: said.fault });
      // The first part is the answer to `prompt`, the last what follows the prompt at which `quit` is read.
      const [, ...parts] = said.value.split(PROMPT);
      if (parts.length !== batch.length + 1) {
        const words = `${Math.max(0, parts.length - 1)} answers to ${batch.length} commands`;
        return refused({ code: 'SILENT', words });
      }
      answers.push(...parts.slice(0, -1).map((part) => part.trim()));
    }
    return ok(answers);
  }
}
