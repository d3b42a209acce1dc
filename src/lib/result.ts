/** What a parser of outside data returns: a value, or why there is none. Bad input is not an exception. */
export type Result<T, F> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: F };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const refused = <F>(fault: F): { readonly ok: false; readonly fault: F } => ({ ok: false, fault });
