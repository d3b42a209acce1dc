/** Why a template gives no configuration. `line` counts from 1. */
export type TemplateFault =
  | { readonly code: 'TEMPLATE_MISSING'; readonly path: string }
  | { readonly code: 'TEMPLATE_UNREADABLE'; readonly path: string; readonly reason: string }
  | { readonly code: 'TEMPLATE_IN_GO'; readonly path: string; readonly line: number; readonly seen: string }
  | {
      readonly code: 'TEMPLATE_SYNTAX';
      readonly path: string;
      readonly line: number | undefined;
      readonly reason: string;
    }
  | {
      readonly code: 'TEMPLATE_FAILED';
      readonly path: string;
      readonly line: number | undefined;
      readonly reason: string;
    };

/** Why HAProxy does not run what the catalog says. Whatever the fault, the HAProxy that ran before it still runs. */
export type HaproxyFault =
  | TemplateFault
  | { readonly code: 'SYSTEM_REFUSED'; readonly reason: string }
  | { readonly code: 'HAPROXY_MISSING'; readonly searched: readonly string[] }
  | { readonly code: 'CONFIG_REJECTED'; readonly path: string; readonly words: string }
  | { readonly code: 'CONFIG_WITHOUT_LISTENER'; readonly path: string }
  | {
      readonly code: 'BIND_UNAVAILABLE';
      readonly path: string;
      readonly section: string;
      readonly spec: string;
      readonly words: string;
    }
  | { readonly code: 'VERIFY_UNFINISHED'; readonly command: string; readonly reason: string }
  | { readonly code: 'CONFIG_NOT_WRITABLE'; readonly path: string; readonly reason: string }
  | { readonly code: 'RELOAD_FAILED'; readonly command: string; readonly words: string }
  | { readonly code: 'START_FAILED'; readonly command: string; readonly words: string }
  | { readonly code: 'START_COMMAND_MISSING' };

/** Faults that are the template's own: another template can do without them. */
const OF_TEMPLATE: ReadonlySet<HaproxyFault['code']> = new Set<HaproxyFault['code']>([
  'TEMPLATE_MISSING',
  'TEMPLATE_UNREADABLE',
  'TEMPLATE_IN_GO',
  'TEMPLATE_SYNTAX',
  'TEMPLATE_FAILED',
  'CONFIG_REJECTED',
  'CONFIG_WITHOUT_LISTENER',
  'BIND_UNAVAILABLE',
]);

export const isOfTemplate = ({ code }: HaproxyFault): boolean => OF_TEMPLATE.has(code);

/**
 * What happened and what to do about it.
 *
 * @param serves whether an HAProxy goes on with the previous configuration
 */
export function sentenceOf(fault: HaproxyFault, serves = false): string {
  const meanwhile = serves ? ', the previous one goes on' : '';
  switch (fault.code) {
    case 'TEMPLATE_MISSING':
      return `template_file ${fault.path} does not exist: correct the path or leave it empty for the built-in template`;
    case 'TEMPLATE_UNREADABLE':
      return `template_file ${fault.path} cannot be read: ${fault.reason}`;
    case 'TEMPLATE_IN_GO':
      return (
        `template_file ${fault.path} is written for Go's text/template (line ${fault.line}: ${fault.seen}), ` +
        'templates are Handlebars now: see "Moving a Go template" in the README'
      );
    case 'TEMPLATE_SYNTAX':
      return `template_file ${at(fault)} is not valid Handlebars: ${fault.reason}`;
    case 'TEMPLATE_FAILED':
      return `template_file ${at(fault)} failed while rendering: ${fault.reason}`;
    case 'SYSTEM_REFUSED':
      return `HAProxy cannot be looked after, it goes on as it is: ${fault.reason}; look at the limits of the agent's process (open files)`;
    case 'HAPROXY_MISSING':
      return `no haproxy program in ${fault.searched.join(', ')}: install the haproxy package`;
    case 'CONFIG_REJECTED':
      return `HAProxy rejected the new configuration for ${fault.path}${meanwhile}: ${fault.words}`;
    case 'CONFIG_WITHOUT_LISTENER':
      return (
        `the new configuration for ${fault.path} makes HAProxy listen nowhere, so it would not start${meanwhile}: ` +
        'give the template a frontend with a bind line, or set stats_bind or runtime_socket, which listen without any service'
      );
    case 'BIND_UNAVAILABLE':
      return (
        `the new configuration for ${fault.path} is not loaded${meanwhile}: ` +
        `HAProxy could not listen on ${fault.spec} of \`${fault.section}\` (${fault.words}), which belongs to no service: ` +
        'free that address, or change the template'
      );
    case 'VERIFY_UNFINISHED':
      return `the new configuration could not be verified with \`${fault.command}\`: ${fault.reason}`;
    case 'CONFIG_NOT_WRITABLE':
      return `${fault.path} cannot be written (${fault.reason}): give the agent's user the right to write there`;
    case 'RELOAD_FAILED':
      return `HAProxy did not take over the new configuration with \`${fault.command}\`${meanwhile}: ${fault.words}`;
    case 'START_FAILED':
      return `HAProxy is not running and could not be started with \`${fault.command}\`: ${fault.words}`;
    case 'START_COMMAND_MISSING':
      return 'HAProxy is not running, and with a reload_command of your own only start_command could start it: set it, or supervise = false';
  }
}

const at = ({ path, line }: { readonly path: string; readonly line: number | undefined }): string =>
  line === undefined ? path : `${path}, line ${line},`;
