/** With a full stop, unless it ends by itself or is cut. */
export const ended = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

/** What a program says in small letters and without a full stop, as a sentence of its own. */
export const sentence = (text: string): string => ended(text.charAt(0).toUpperCase() + text.slice(1));
