import type { RefusalCode } from '../service/refusal.js';

export type FindingCode =
  | RefusalCode
  | 'NAME_EMPTY'
  | 'ADDRESS_UNUSABLE'
  | 'PORT_ZERO'
  | 'SERVER_NAME_TAKEN'
  | 'SERVER_IS_FRONTEND'
  | 'HOSTNAME_UNRESOLVED'
  | 'SERVICE_SET_ASIDE'
  | 'SERVICE_STALE'
  | 'SERVICE_PORT_RESERVED'
  | 'SERVICE_PORT_TAKEN'
  | 'SERVICE_PORT_UNAVAILABLE'
  | 'PROXY_NAME_TAKEN'
  | 'PROXY_MODE_EMPTY'
  | 'PROXY_MODES_DIFFER';

/** Something about a service that its owner should know. */
export interface Finding {
  readonly service: string;
  /** `hostname/id`, when it is about one instance. */
  readonly instance?: string;
  readonly servicePort?: number;
  readonly code: FindingCode;
  readonly message: string;
}
