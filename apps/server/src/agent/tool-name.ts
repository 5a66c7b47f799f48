/** What every provider takes as a tool's name. */
const LEGAL = /^[a-zA-Z0-9_-]{1,64}$/;

/** Longest name that the log keeps, in UTF-16 units. */
const MAX_NAME_LENGTH = 200;

/**
 * The tool that a model means, which may write the name in its own way: with a namespace (`functions.bash`), with marks of
 * its format behind it (`bash<|channel|>commentary`), in capitals or with other strokes.
 * @returns the tool's own name; where it is none of these, the name as the model wrote it.
 */
export function toolNameFor(written: string, names: readonly string[]): string {
  if (names.includes(written)) return written;
  const bare = written
    .replace(/<\|.*$/s, "")
    .trim()
    .replace(/^(?:functions?|tools?|default_api|api|namespace)[.:/]/i, "")
    .replace(/(?:\(\)|:\d+)$/, "");
  if (names.includes(bare)) return bare;
  const plain = plainName(bare);
  const [match, ...others] = names.filter((name) => plainName(name) === plain);
  if (plain !== "" && match !== undefined && others.length === 0) return match;
  return written.toWellFormed().slice(0, MAX_NAME_LENGTH).toWellFormed() || "unnamed";
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

export function isLegalToolName(name: string): boolean {
  return LEGAL.test(name);
}

/** The name as any provider takes it. */
export function legalToolName(name: string): string {
  if (LEGAL.test(name)) return name;
  const legal = name
    .replace(/<\|.*$/s, "")
    .replaceAll(/[^a-zA-Z0-9_-]+/g, "_")
    .replaceAll(/^_+|_+$/g, "")
    .slice(0, 64);
  return legal === "" ? "unknown_tool" : legal;
}
