/** The words that somebody searches for, in small letters; each has to be found somewhere. */
export const searchWords = (query: string): readonly string[] => query.toLowerCase().split(/\s+/).filter(Boolean);
