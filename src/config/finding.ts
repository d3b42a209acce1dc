/** What can be wrong with a configuration: one stable word for each kind of mistake, for programs and for searching. */
export type FindingCode =
  // the file
  | 'CONFIG_NOT_FOUND'
  | 'CONFIG_IS_DIRECTORY'
  | 'CONFIG_NOT_REGULAR'
  | 'CONFIG_UNREADABLE'
  | 'CONFIG_TOO_LARGE'
  | 'CONFIG_NOT_UTF8'
  | 'TOML_SYNTAX'
  | 'TOML_UNTERMINATED'
  | 'TOML_DUPLICATE_KEY'
  | 'UNKNOWN_TABLE'
  | 'UNKNOWN_KEY'
  // the command line
  | 'FLAG_UNKNOWN'
  | 'FLAG_NEEDS_VALUE'
  | 'FLAG_TAKES_NO_VALUE'
  | 'ARGUMENT_UNEXPECTED'
  // types
  | 'NOT_A_TABLE'
  | 'NOT_A_STRING'
  | 'NOT_A_BOOLEAN'
  | 'NOT_AN_INTEGER'
  | 'NOT_A_DURATION'
  | 'NOT_A_LIST'
  | 'LIST_ITEM_NOT_A_STRING'
  | 'LIST_ITEM_NOT_AN_INTEGER'
  | 'LIST_ITEM_NOT_A_TABLE'
  | 'LIST_LENGTH'
  | 'BOOLEAN_SYNTAX'
  | 'INTEGER_SYNTAX'
  // values
  | 'INTEGER_OUT_OF_RANGE'
  | 'PORT_OUT_OF_RANGE'
  | 'DURATION_SYNTAX'
  | 'DURATION_NEGATIVE'
  | 'DURATION_ZERO'
  | 'DURATION_TOO_LONG'
  | 'DURATION_SHORTENED'
  | 'IP_INVALID'
  | 'HOSTNAME_INVALID'
  | 'HOST_PORT_INVALID'
  | 'SEED_INVALID'
  | 'BIND_ADDRESS_INVALID'
  | 'URL_INVALID'
  | 'URL_SCHEME'
  | 'UPSTREAM_INVALID'
  | 'DOCKER_URL_INVALID'
  | 'DOCKER_URL_SCHEME'
  | 'URL_PATH_INVALID'
  | 'CLUSTER_NAME_INVALID'
  | 'PATH_INVALID'
  | 'PATH_UNSAFE'
  | 'SOCKET_PATH_TOO_LONG'
  | 'COMMAND_INVALID'
  | 'ACCOUNT_INVALID'
  | 'KEY_NOT_BASE64'
  | 'KEY_LENGTH'
  | 'TOKEN_INVALID'
  | 'LABEL_FILTER_INVALID'
  | 'CLUSTER_SYNTAX'
  | 'CLUSTER_INCOMPLETE'
  | 'CLUSTER_KEY_UNKNOWN'
  | 'CLUSTER_LABEL_INVALID'
  | 'CLUSTER_URL_INVALID'
  | 'CLUSTER_TWICE'
  | 'LOGGING_LEVEL_UNKNOWN'
  | 'DISCOVERY_UNKNOWN'
  // values that do not fit together
  | 'NAMER_MISSING'
  | 'NAMER_UNKNOWN'
  | 'REGEX_INVALID'
  | 'REGEX_WITHOUT_GROUP'
  | 'TOKEN_TWICE'
  | 'TLS_INCOMPLETE'
  | 'PORT_TAKEN_TWICE'
  | 'VERSIONS_ORDER'
  | 'CLUSTER_IS_OWN'
  // files that are named
  | 'TOKEN_FILE_UNREADABLE'
  | 'TOKEN_FILE_INVALID'
  | 'KEYS_FILE_UNREADABLE'
  | 'KEYS_FILE_EMPTY'
  | 'KEYS_FILE_TOO_LONG'
  | 'TLS_FILE_UNREADABLE'
  | 'TLS_UNUSABLE'
  // good to know
  | 'HAPROXY_NOT_MANAGED'
  | 'NO_SEEDS'
  | 'NO_SOURCE_OF_STATE'
  | 'RECONNECT_TOO_SHORT'
  | 'VERIFY_WITHOUT_KEYS'
  | 'NOT_ACTED_ON'
  // where others reach this host
  | 'NO_USABLE_ADDRESS'
  | 'ADDRESS_NOT_PRIVATE';

/** One thing to say about the configuration: a problem that stops the start, or a warning. */
export interface Finding {
  readonly code: FindingCode;
  /** A sentence with the place, the value seen (never a secret) and what was expected. */
  readonly message: string;
}

/** `did you mean …?` to end a sentence with, or nothing. */
export const meant = (suggestion: string | undefined): string => (suggestion ? `; did you mean ${suggestion}?` : '');
