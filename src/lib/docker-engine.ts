import type { Result } from './result.js';

/** Why the engine did not do what it was asked. */
export interface EngineFault {
  readonly code:
    | 'ENGINE_UNREACHABLE'
    | 'ENGINE_TIMED_OUT'
    /** It answered, but not with 200: a socket proxy that forbids the question, an engine in trouble. */
    | 'ENGINE_REFUSED'
    | 'ENGINE_ANSWER_TOO_LONG'
    | 'ENGINE_ANSWER_UNREADABLE';
  /** What was asked and what happened, as the rest of a sentence about the engine. */
  readonly message: string;
}

export interface EventListener {
  /** The stream is open: what happens from now on is told. */
  readonly onOpen: () => void;
  /** One event, still unchecked JSON. Must not throw. */
  readonly onEvent: (event: unknown) => void;
}

/**
 * All that is asked of a Docker Engine; each question is a GET, its answer bounded in time and size. Nothing rejects, and what is
 * answered after `signal` has aborted means nothing.
 */
export interface DockerEngine {
  /** Where it is, for people: without a password. */
  readonly address: string;
  /** The running containers, each still unchecked JSON. */
  containers(signal: AbortSignal): Promise<Result<readonly unknown[], EngineFault>>;
  /** Everything about one container, still unchecked JSON. */
  container(id: string, signal: AbortSignal): Promise<Result<unknown, EngineFault>>;
  /** Whether it answers at all. */
  ping(signal: AbortSignal): Promise<Result<string, EngineFault>>;
  /** Tells of the containers' events until `signal` aborts or the stream ends. @returns why it has ended */
  events(actions: readonly string[], listener: EventListener, signal: AbortSignal): Promise<EngineFault>;
}
