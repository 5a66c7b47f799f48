/** Texts are few and fixed; the bound is for those that are not (lists of ids), which are parsed each time. */
const MAX_NAMES = 400;

const names = new Map<string, string>();

/** @returns the name that a statement is prepared under, once for each connection; undefined: it is not. */
export function statementName(text: string): string | undefined {
  let name = names.get(text);
  if (name === undefined && names.size < MAX_NAMES) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  return name;
}
