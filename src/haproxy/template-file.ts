import { fileURLToPath } from 'node:url';
import { messageOf } from '../lib/fault.js';
import { refused, type Result } from '../lib/result.js';
import type { TemplateFault } from './fault.js';
import type { Files } from './ports.js';
import { compileTemplate, isStockTemplate, type Template } from './template.js';

const BUILT_IN = fileURLToPath(new URL('../../templates/haproxy.cfg.hbs', import.meta.url));
/** Where the original, and its haproxy-api, keep the template that they ship. */
const STOCK_PATH = /(?:^|\/)(?:views|templates)\/haproxy\.cfg$/;

/** What a read of the template gave. */
export interface LoadedTemplate {
  /** Rises with each read of changed content. */
  readonly revision: number;
  readonly template: Result<Template, TemplateFault>;
  /** Whether it is the one that is part of the program. */
  readonly isBuiltIn: boolean;
  /** Why the built-in template is used although another is configured. */
  readonly notice: string | undefined;
}

/** A template that is nobody's file. `name` is only for messages. */
export const candidateTemplate = (name: string, text: string): LoadedTemplate => ({
  revision: -1,
  template: compileTemplate(name, text),
  isBuiltIn: false,
  notice: undefined,
});

/** The template in use, read again whenever its file changes. */
export class TemplateFile {
  private stamp: string | undefined;
  private loaded: LoadedTemplate | undefined;
  private text: string | undefined;

  /** @param configured `template_file`; empty = the built-in template */
  constructor(
    private readonly configured: string,
    private readonly files: Pick<Files, 'read' | 'stamp'>,
  ) {}

  /** What the file in use said when it was last read; undefined while there is none. */
  get source(): string | undefined {
    return this.text;
  }

  /** One look at the file's stamp unless it changed. */
  async current(): Promise<LoadedTemplate> {
    const isBuiltIn = this.configured === '';
    if (isBuiltIn && this.loaded?.template.ok) return this.loaded; // part of the program: it does not change under it
    const path = isBuiltIn ? BUILT_IN : this.configured;
    const stamp = await this.stampOf(path);
    if (this.loaded && stamp === this.stamp) return this.loaded;
    this.stamp = stamp;
    this.loaded = { revision: (this.loaded?.revision ?? 0) + 1, ...(await this.load(path)) };
    return this.loaded;
  }

  private async stampOf(path: string): Promise<string> {
    try {
      return JSON.stringify((await this.files.stamp(path)) ?? 'missing');
    } catch (error) {
      return messageOf(error);
    }
  }

  private async load(path: string): Promise<Omit<LoadedTemplate, 'revision'>> {
    try {
      const text = await this.files.read(path);
      this.text = text;
      if (text !== undefined && !isStockTemplate(text))
        return { template: compileTemplate(path, text), isBuiltIn: path === BUILT_IN, notice: undefined };
      if (text === undefined && !STOCK_PATH.test(path)) {
        return { template: refused({ code: 'TEMPLATE_MISSING', path }), isBuiltIn: false, notice: undefined };
      }
      const why = text === undefined ? 'does not exist' : "is the original's stock template";
      const builtIn = (await this.files.read(BUILT_IN)) ?? '';
      this.text = builtIn;
      return {
        template: compileTemplate(BUILT_IN, builtIn),
        isBuiltIn: true,
        notice: `the template ${path} ${why}: the built-in template is used; leave the setting empty to say so`,
      };
    } catch (error) {
      const template = refused({ code: 'TEMPLATE_UNREADABLE' as const, path, reason: messageOf(error) });
      return { template, isBuiltIn: false, notice: undefined };
    }
  }
}
