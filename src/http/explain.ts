/** Answers why services are routed, or are not. The answers are facts: times as `bigint`, undefined for what is not known. */
export interface Explainer {
  /** The part of the way on this host; asks nobody. */
  ownHalf(service: string): object;
  /**
   * The whole way. Asks other hosts and then HAProxy, each for about a second at most.
   *
   * @param which an id or a host; undefined: all instances
   */
  explain(service: string, which: string | undefined): Promise<object>;
}
