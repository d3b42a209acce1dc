import type { Figures, Server } from '../../data/figures.js';
import { serverWord, type ServerWord } from '../../words/proxy.js';

export interface ShownServer extends Server {
  readonly word: ServerWord;
}

/** What HAProxy has of one instance: a server for each of its ServicePorts. */
export const serversOf = ({ servers }: Figures, host: string, id: string): readonly ShownServer[] =>
  servers
    .filter((server) => server.host === host && server.instance === id)
    .map((server) => ({ ...server, word: serverWord(server.status, server.weight) }))
    .sort((a, b) => (a.servicePort ?? 0) - (b.servicePort ?? 0));
