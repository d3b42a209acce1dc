/** A browser keeps about as many for one host. */
const MAX_COOKIES = 50;
const MAX_COOKIE_LENGTH = 4_096;
const COOKIE = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([\x20-\x3a\x3c-\x7e]*)/;

/** The cookies of one listener, which keep it with one server behind a load balancer (contract section 8.1). */
export class Cookies {
  private readonly values: Map<string, string>;

  constructor(name: string, value: string) {
    this.values = new Map([[name, value]]);
  }

  /** For the header `Cookie`. */
  get text(): string {
    return [...this.values].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /**
   * Takes the value of a `Set-Cookie`. What cannot be sent back is left out; so is a new one when there are too many.
   *
   * @param nowMs wall time, milliseconds since 1970
   */
  take(text: string, nowMs: number): void {
    const [, name = '', value = ''] = (text.length <= MAX_COOKIE_LENGTH && COOKIE.exec(text)) || [];
    if (name === '') return;
    if (isOver(text, nowMs)) this.values.delete(name);
    else if (this.values.has(name) || this.values.size < MAX_COOKIES) this.values.set(name, value.trim());
  }
}

/** Servers delete a cookie by an end in the past; `Max-Age` comes before `Expires` (RFC 6265 section 5.3). */
function isOver(text: string, nowMs: number): boolean {
  const maxAge = /;\s*max-age\s*=\s*(-?\d+)/i.exec(text);
  if (maxAge) return Number(maxAge[1]) <= 0;
  const expires = /;\s*expires\s*=\s*([^;]+)/i.exec(text);
  return expires !== null && Date.parse(expires[1] ?? '') <= nowMs;
}
