import type { DiscoveredService } from '../service/discovered.js';
import { printable } from '../lib/printable.js';

export interface ArgsFacts {
  readonly service: DiscoveredService;
  /** What `{{ host }}` stands for: the published address of this node. */
  readonly host: string;
  /** Whether the arguments are a URL or `host:port`, where an IPv6 address needs brackets. */
  readonly bracketed: boolean;
}

export interface ArgsFault {
  readonly code: 'ARGS_NOT_UNDERSTOOD' | 'SERVICE_PORT_NOT_FOUND';
  readonly message: string;
}

export interface ExpandedArgs {
  readonly text: string;
  readonly faults: readonly ArgsFault[];
}

const SPACES = ' \t\r\n';
const EXPECTED = 'host, container, tcp N, udp N, .ID, .Name, .Image, .Hostname or .ProxyMode';
const PORT_OF = /^(tcp|udp)[ \t]+([+-]?\d{1,10})$/;

/**
 * Fills in the expressions of check arguments (contract section 3.6): `{{ host }}`, `{{ container }}` (the record's host name,
 * despite its name), `{{ tcp N }}` and `{{ udp N }}` (the port with ServicePort N; -1 and a fault when there is none), the fields
 * `.ID .Name .Image .Hostname .ProxyMode`, and the trim markers `{{-` and `-}}`. This is the part of Go's templates that is in use.
 *
 * @returns the arguments unchanged, with a fault, when any expression is not one of these
 */
export function expandArgs(args: string, facts: ArgsFacts): ExpandedArgs {
  const faults: ArgsFault[] = [];
  let text = '';
  let at = 0;
  let trimNext = false;
  for (let start = args.indexOf('{{'); start !== -1; start = args.indexOf('{{', at)) {
    const end = args.indexOf('}}', start);
    const inside = end === -1 ? args.slice(start + 2) : args.slice(start + 2, end);
    const trimBefore = /^-\s/.test(inside);
    const trimAfter = /\s-$/.test(inside);
    const expression = inside.slice(trimBefore ? 1 : 0, trimAfter ? -1 : undefined).trim();

    let literal = args.slice(at, start);
    if (trimNext) literal = trimmedStart(literal);
    text += trimBefore ? trimmedEnd(literal) : literal;
    const value = end === -1 ? undefined : valueOf(expression, facts, text.endsWith('['), faults);
    if (value === undefined) return { text: args, faults: [notUnderstood(args, inside)] };
    text += value;
    at = end + 2;
    trimNext = trimAfter;
  }
  const rest = args.slice(at);
  return { text: text + (trimNext ? trimmedStart(rest) : rest), faults };
}

function trimmedStart(text: string): string {
  let start = 0;
  while (start < text.length && SPACES.includes(text.charAt(start))) start += 1;
  return text.slice(start);
}

/** An expression for this would try again at each of many spaces that do not stand at the end. */
function trimmedEnd(text: string): string {
  let end = text.length;
  while (end > 0 && SPACES.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function valueOf(
  expression: string,
  { service, host, bracketed }: ArgsFacts,
  inBrackets: boolean,
  faults: ArgsFault[],
): string | undefined {
  switch (expression) {
    case 'host':
      return bracketed && !inBrackets ? inUrl(host) : host;
    case 'container':
    case '.Hostname':
      return service.hostname;
    case '.ID':
      return service.id;
    case '.Name':
      return service.name;
    case '.Image':
      return service.image;
    case '.ProxyMode':
      return service.proxyMode;
  }
  const [, type, number] = PORT_OF.exec(expression) ?? [];
  if (number === undefined) return undefined;
  const found = service.ports?.find((port) => port.type === type && port.servicePort === Number(number));
  if (found) return String(found.port);
  faults.push({
    code: 'SERVICE_PORT_NOT_FOUND',
    message: `it has no ${type ?? ''} port with ServicePort ${Number(number)}`,
  });
  return '-1';
}

/** An address as it stands in a URL. */
export const inUrl = (address: string): string => (address.includes(':') ? `[${address}]` : address);

function notUnderstood(args: string, inside: string): ArgsFault {
  const message = `{{${inside.slice(0, 40)}}} in its check arguments ${printable(args)} is not understood, expected ${EXPECTED}; they are used unchanged`;
  return { code: 'ARGS_NOT_UNDERSTOOD', message: message.replace(/\p{C}/gu, ' ') };
}
