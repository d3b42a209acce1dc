import { ok, refused } from '../../../src/lib/result.js';
import type { AskSocket } from '../../../src/haproxy/ports.js';

export interface ServerDouble {
  address: string;
  port: number;
  weight: number;
  admin: number;
  check: number;
  sessions: number;
  /** HAProxy's words for why it cannot be deleted. */
  undeletable?: string;
}

/** The commands of HAProxy's stats socket that this room uses, over servers in memory; its answers are those of 2.6.12. */
export class HaproxyDouble {
  readonly servers = new Map<string, ServerDouble>();
  readonly commands: string[] = [];
  pid = 7;
  version = '2.6.12';
  /** The system's words for why nobody answers. */
  silence: string | undefined;
  /** Answers a command in HAProxy's place, or leaves it to it. */
  interfere: (command: string) => string | undefined = () => undefined;
  /** Called after every command. */
  watch: () => void = () => undefined;

  readonly ask: AskSocket = (_path, text) => {
    if (this.silence !== undefined) return Promise.resolve(refused(this.silence));
    const answers = text
      .split('\n')
      .slice(1, -1)
      .map((line) => {
        this.commands.push(line);
        const answer = this.interfere(line) ?? this.answer(line);
        this.watch();
        return `${answer}\n\n> `;
      });
    return Promise.resolve(ok(`\n> ${answers.join('')}`));
  };

  private answer(line: string): string {
    if (line === 'show info') return `Name: HAProxy\nVersion: ${this.version}\nPid: ${this.pid}`;
    if (line.startsWith('show servers state')) return this.state(line.split(' ')[3]);
    if (line.startsWith('show stat ')) return this.figures(line.split(' ')[2] ?? '');
    const words = line.replace(/^(?:shutdown sessions|set|add|del) server|^enable health/, (verb) =>
      verb.replaceAll(' ', '-'),
    );
    const [verb = '', id = '', ...rest] = words.split(' ');
    if (verb === 'add-server') return this.add(id, rest);
    const server = this.servers.get(id);
    if (!server) return 'No such server.';
    switch (verb) {
      case 'set-server':
        return set(server, rest);
      case 'enable-health':
        server.check |= 4;
        return '';
      case 'shutdown-sessions-server':
        server.sessions = 0;
        return '';
      case 'del-server':
        if ((server.admin & 1) === 0) return 'Only servers in maintenance mode can be deleted.';
        if (server.sessions > 0) return 'Server still has connections attached to it, cannot remove it.';
        if (server.undeletable !== undefined) return server.undeletable;
        this.servers.delete(id);
        return 'Server deleted.';
      default:
        return 'Unknown command';
    }
  }

  private add(id: string, [place = '', ...args]: readonly string[]): string {
    if (this.servers.has(id)) return 'Already exists a server with the same name in backend.';
    const colon = place.lastIndexOf(':');
    this.servers.set(id, {
      address: place.slice(0, colon),
      port: Number(place.slice(colon + 1)),
      weight: Number(args[args.indexOf('weight') + 1]),
      admin: 1,
      check: args.includes('check') ? 2 : 0,
      sessions: 0,
    });
    return 'New server registered.';
  }

  private state(backend?: string): string {
    const header =
      'be_id be_name srv_name srv_addr srv_port srv_uweight srv_admin_state srv_check_state srv_agent_state';
    const rows = this.rowsOf(backend, ({ address, port, weight, admin, check }) => [
      address,
      port,
      weight,
      admin,
      check,
      0,
    ]);
    return ['1', `# ${header}`, ...rows.map((row) => [this.idOf(String(row[0])), ...row].join(' '))].join('\n');
  }

  /** Like HAProxy: what has only a name there is first of all the frontend. */
  private figures(id: string): string {
    const backend = [...this.servers.keys()]
      .map((key) => key.split('/')[0] ?? '')
      .find((name) => String(this.idOf(name)) === id);
    if (backend === undefined) return '# pxname,svname,qcur,scur';
    const rows = this.rowsOf(backend, ({ sessions }) => [0, sessions]);
    return ['# pxname,svname,qcur,scur', ...rows.map((row) => row.join(','))].join('\n');
  }

  private readonly ids = new Map<string, number>();

  private idOf(backend: string): number {
    const id = this.ids.get(backend) ?? this.ids.size + 3;
    this.ids.set(backend, id);
    return id;
  }

  private rowsOf(
    backend: string | undefined,
    columns: (server: ServerDouble) => readonly (string | number)[],
  ): readonly (readonly (string | number)[])[] {
    return [...this.servers]
      .map(([id, server]) => [...id.split('/'), ...columns(server)])
      .filter(([of]) => backend === undefined || of === backend);
  }
}

function set(server: ServerDouble, [what = '', value = '', , port]: readonly string[]): string {
  if (what === 'addr') {
    server.address = value;
    server.port = Number(port);
    return "IP changed from 'x' to 'y' by 'stats socket command'";
  }
  if (what === 'weight') server.weight = Number(value);
  if (what === 'state') server.admin = { ready: 0, maint: 1, drain: 8 }[value] ?? NaN;
  return '';
}
