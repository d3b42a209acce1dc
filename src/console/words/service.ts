import type { Port, Status } from '../data/instance.js';

/** How people read a status. */
export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  Alive: 'Alive',
  Unhealthy: 'Unhealthy',
  Draining: 'Draining',
  Unknown: 'Unknown',
  Tombstone: 'Gone',
};

/** `8080→32768`: where HAProxy offers it, and where the instance listens; what is not tcp says so. */
export function portText({ type, port, servicePort }: Port): string {
  const route = servicePort === 0 ? `${port}` : `${servicePort}→${port}`;
  return type === 'tcp' || type === '' ? route : `${route}/${type}`;
}

/** Of a digest; as many as Docker shows. */
const DIGITS = 12;

export interface ImageName {
  /** Without the registry. */
  readonly name: string;
  /** The tag, or the first digits of the digest; empty where there is neither. */
  readonly version: string;
}

/** Of `registry.example:5000/team/web:1.2.3` the name is `team/web`, the version `1.2.3`; an image without a name is a digest alone. */
export function imageName(image: string): ImageName {
  const [named = '', digest = ''] = image.split('@');
  const [, path = '', tag = ''] = /^(.*?)(?::([^:/]*))?$/.exec(named) ?? [];
  const [first = '', ...rest] = path.split('/');
  if (/^sha\d+$/.test(path)) return { name: path, version: tag.slice(0, DIGITS) };
  const isRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return { name: isRegistry ? rest.join('/') : path, version: tag || digest.replace(/^sha\d+:/, '').slice(0, DIGITS) };
}

/** `2,995`. */
export const numberText = (n: number): string => n.toLocaleString('en');

export const count = (n: number, noun: string): string => `${numberText(n)} ${noun}${n === 1 ? '' : 's'}`;
