const MAX_NAMES = 400;

/** Statement texts are few and fixed, except those with lists of ids, which are parsed each time. */
const MAX_PARAMETERS = 16;

const names = new Map<string, string>();

/** @returns the name under which a statement is prepared, once per connection; undefined: it is not. */
export function statementName(text: string, parameters: readonly unknown[]): string | undefined {
  if (parameters.length > MAX_PARAMETERS) return undefined;
  let name = names.get(text);
  if (name === undefined && names.size < MAX_NAMES) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  return name;
}
