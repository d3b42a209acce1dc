/** One thing that was looked for, and what came of it. */
export interface Found {
  readonly what: string;
  readonly text: string;
}

/** What `sidecar dev` works with. */
export interface Surroundings {
  readonly docker: {
    readonly address: string;
    /** Whether its containers have been listed. */
    readonly isListed: boolean;
    /** Why it is not reached; undefined when it is. */
    readonly fault: string | undefined;
  };
  readonly proxy:
    | { readonly kind: 'haproxy'; readonly isRunning: boolean; readonly version: string | undefined }
    /** `dropped`: connections that were closed because there were too many. */
    | { readonly kind: 'forwarder'; readonly dropped: number };
  /** The list of services in the current folder; undefined when there is none. */
  readonly staticFile: string | undefined;
  readonly followed: FollowedSight | undefined;
  /** Where the HTTP API is: `127.0.0.1:7777`. */
  readonly agent: string;
  readonly isUsualAgent: boolean;
  readonly logFile: string;
}

export interface FollowedSight {
  readonly upstream: string;
  readonly isConnected: boolean;
  /** When its state was received last, for people; undefined before the first. */
  readonly heldAt: string | undefined;
  /** What went wrong the last time; undefined when nothing has. */
  readonly lastFault: string | undefined;
}

/** What was found, in plain words. */
export function foundOf(surroundings: Surroundings): readonly Found[] {
  const { docker, proxy, staticFile, followed, logFile } = surroundings;
  return [
    { what: 'Docker', text: dockerText(docker) },
    { what: 'HAProxy', text: proxyText(proxy) },
    ...(staticFile === undefined ? [] : [{ what: 'File', text: `${staticFile} names services, too` }]),
    ...(followed === undefined ? [] : [{ what: 'Follows', text: followedText(followed) }]),
    { what: 'Ask', text: askText(surroundings) },
    { what: 'Log', text: logFile },
  ];
}

function dockerText({ address, isListed, fault }: Surroundings['docker']): string {
  if (fault === undefined) return isListed ? `answers at ${address}` : `is asked at ${address}`;
  if (/\bEACCES\b/.test(fault))
    return `is at ${address}, but you may not use it: sudo usermod -aG docker $USER, then log in again`;
  if (/\b(?:ENOENT|ECONNREFUSED)\b/.test(fault))
    return `does not run, or not at ${address}: it is looked for until it does (DOCKER_HOST names another place)`;
  return `does not answer at ${address}: ${fault}`;
}

function proxyText(proxy: Surroundings['proxy']): string {
  if (proxy.kind === 'forwarder') {
    const dropped = proxy.dropped === 0 ? '' : `; ${proxy.dropped} were too many at once, and closed`;
    return `is not here: connections are forwarded by this program, fine for development${dropped}`;
  }
  if (!proxy.isRunning) return 'is here, but does not run yet';
  const version = proxy.version === undefined ? '' : ` ${proxy.version}`;
  return `${version} takes the connections, and is ended with this program`.trimStart();
}

function followedText({ upstream, isConnected, heldAt, lastFault }: FollowedSight): string {
  if (isConnected) return `${upstream}: its services are borrowed, where none here has the same name`;
  if (heldAt === undefined) return lastFault === undefined ? `${upstream} is asked` : `nothing yet: ${lastFault}`;
  return `${upstream} is gone: what it said last, at ${heldAt}, stays`;
}

/** `sidecar why` ends at HAProxy, and knows nothing of the forwarder. */
function askText({ agent, isUsualAgent, proxy }: Surroundings): string {
  const where = isUsualAgent ? '' : ` --agent ${agent}`;
  const commands = [`sidecar ls${where}`, ...(proxy.kind === 'haproxy' ? [`sidecar why NAME${where}`] : [])];
  return `${commands.join(', ')}, http://${agent}/${isUsualAgent ? '' : ' (7777 is for another program)'}`;
}
