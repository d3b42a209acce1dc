/** What came of asking the agent of another host. `why` is for people, after the name of the host. */
export type HostAnswer =
  /** Whatever it answers, `body` may be anything. `at` is the URL of its API, without a path. */
  | { readonly state: 'answered'; readonly at: string; readonly status: number; readonly body: string }
  | { readonly state: 'unanswered' | 'not-asked'; readonly why: string };

/**
 * Asks the agent of a live member once. Never rejects.
 *
 * @param path with its query, from the slash on
 */
export type AskHost = (host: string, path: string) => Promise<HostAnswer>;
