/** Why an upstream is not followed; the codes are those of the problem board. */
export interface UpstreamFault {
  readonly code:
    /** It does not answer, or not as a Sidecar does. */
    | 'UPSTREAM_FAILED'
    /** It knows nothing to route: it may have just been started. */
    | 'UPSTREAM_EMPTY'
    /** It says what it had already said less than what is held. */
    | 'UPSTREAM_OLDER';
  /** What it does, without its name: `answers GET /state.json with 500`. */
  readonly message: string;
}

export const failed = (message: string): UpstreamFault => ({ code: 'UPSTREAM_FAILED', message });
