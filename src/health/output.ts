/** The most of a check's output that is kept as its reason. */
export const MAX_OUTPUT = 4_096;

/** What a check printed as one printable paragraph: controls and runs of white space become one space. */
export function paragraph(text: string): string {
  return text
    .slice(0, MAX_OUTPUT)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
}
