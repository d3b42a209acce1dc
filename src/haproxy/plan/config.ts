/** A configuration as HAProxy reads it: what matters of the text, and nothing of how it is laid out. */
export interface Config {
  /** In the order of the file. */
  readonly sections: readonly Section[];
  /** The sections that mean the same in another file with the same text of them and the same `defaults`, by their text. */
  readonly byText: ReadonlyMap<string, Section>;
}

export interface Section {
  /** `global`, `defaults`, `frontend`, `backend`, `listen`, `resolvers` …; empty for lines before the first section. */
  readonly kind: string;
  /** Empty when the section has none. */
  readonly name: string;
  /** As it stands in the file, up to the next section. */
  readonly text: string;
  /**
   * Every line but `server` lines and comments, as its words (see `wordsOf`) joined by single spaces. Before them stand the `.if`
   * in which the section begins, and what its first line says besides kind and name.
   */
  readonly lines: readonly string[];
  /** Of `backend` and `listen`, unless `hasFixedServers`; by name, in the order of the file. */
  readonly servers: ReadonlyMap<string, ServerLine>;
  /**
   * The `server` lines are among `lines` and `servers` is empty, because the Runtime API could not do justice to them: they
   * depend on a condition (`.if`) or a variable, on a `default-server` between them, have a name twice, or words that need quotes.
   * In a `defaults` section: those who inherit from it have such servers.
   */
  readonly hasFixedServers: boolean;
  /** The `defaults` section that it inherits from: the one it names (`from base`), or the last one before it. */
  readonly defaults: Section | undefined;
  /** What `default-server` lines of the section and of the `defaults` it inherits from say, as words. */
  readonly defaultServer: readonly string[];
  /** `http` or `tcp`: of the section, or of the `defaults` it inherits from. */
  readonly mode: string;
  /** Whether the section or its `defaults` has a `cookie` line: only then do the `cookie` words of a server act. */
  readonly hasCookie: boolean;
}

/** A `server` line, read. */
export interface ServerLine {
  readonly name: string;
  /** An IP address without brackets, a host name, or what else the line says (`unix@/run/x.sock`, `10.0.0.1:+80`). */
  readonly host: string;
  /** 1–65535. Undefined when the line has none, or one that is none by itself (`+80`). */
  readonly port: number | undefined;
  /** 0–256: of the line, or of `default-server`, or 1. */
  readonly weight: number;
  /** `disabled` stands in the line or in `default-server`, and `enabled` does not take it back. */
  readonly disabled: boolean;
  /** The other words of the line, in their order: nothing but a new server or a reload changes them. */
  readonly args: readonly string[];
}
