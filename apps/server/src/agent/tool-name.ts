import { ownCopy } from "../common/own-copy.ts";

/** Tool names that every provider accepts. */
const LEGAL = /^[a-zA-Z0-9_-]{1,64}$/;

/** Longest name that the log stores, in UTF-16 units. */
const MAX_NAME_LENGTH = 200;

/**
 * Resolves a tool name that the model may have altered: with a namespace (`functions.bash`), trailing format marks
 * (`bash<|channel|>commentary`), different case or separators.
 * @returns the tool's own name; if none matches, the name as the model wrote it.
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
  return ownCopy(written.slice(0, MAX_NAME_LENGTH).toWellFormed()) || "unnamed";
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

export function isLegalToolName(name: string): boolean {
  return LEGAL.test(name);
}

/** A name that any provider accepts. */
export function legalToolName(name: string): string {
  if (LEGAL.test(name)) return name;
  const legal = name
    .replace(/<\|.*$/s, "")
    .replaceAll(/[^a-zA-Z0-9_-]+/g, "_")
    .replaceAll(/^_+|_+$/g, "")
    .slice(0, 64);
  return legal === "" ? "unknown_tool" : ownCopy(legal);
}
