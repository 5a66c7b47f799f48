/**
 * Makes recordings comparable: ids are replaced by their order of appearance, and whatever depends on the machine, the
 * clock or batching by a placeholder that looks alike.
 */
export class Normaliser {
  readonly #ids = new Map<string, string>();
  readonly #words: readonly (readonly [string, string])[];

  /** @param words replacements, e.g. for a temporary directory */
  constructor(words: readonly (readonly [string, string])[]) {
    this.#words = words;
  }

  text(recorded: string): string {
    const named = this.#words.reduce((text, [from, to]) => text.replaceAll(from, to), recorded);
    return named
      .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => this.#idOf(id))
      .split("\n")
      .map(normaliseLine)
      .join("\n");
  }

  /** A UUIDv7 of the day this was written, plus a number. */
  #idOf(id: string): string {
    const known = this.#ids.get(id);
    if (known !== undefined) return known;
    const stable = `01a21b00-0000-7000-8000-${String(this.#ids.size + 1).padStart(12, "0")}`;
    this.#ids.set(id, stable);
    return stable;
  }
}

const SOME_ID = "01a21b00-0000-7000-8000-000000000000";
const ROW_OF_TABLE = /^[0-9a-f]{8}-/;
const PASSED = /(?<!min) +(\d+ ms|\d+\.\d+ s|\d+ s|now)(?=\s|$|,|\)|:)/g;
const MINUTES = / +\d+ min(?=  )/g;

function normaliseLine(line: string): string {
  const aged = ROW_OF_TABLE.test(line)
    ? line.replaceAll(MINUTES, (field) => "1 s".padStart(field.length))
    : line;
  const timed = aged.replaceAll(PASSED, (field: string, value: string) => {
    const stable = /ms|\./.test(value) ? "0.1 s" : "1 s";
    // Columns keep their width.
    return ROW_OF_TABLE.test(line) ? stable.padStart(field.length) : field.replace(value, stable);
  });
  return (
    timed
      .replaceAll(/(pid |kill )\d+/g, "$14711")
      .replaceAll(/"pid":\d+/g, '"pid":4711')
      .replaceAll(/"(\w*At|at)":\d{13}/g, '"$1":1795750000000')
      .replaceAll(/"(seq|lastSeq|forkedAtSeq|durationMs|bytes|expiresInMs)":\d+/g, '"$1":12')
      .replaceAll(/\d+ events?/g, "12 events")
      .replaceAll(/\d+ rows/g, "120 rows")
      .replaceAll(/[Ee]vent \d+/g, (text) => text.replace(/\d+/, "12"))
      .replaceAll(/(--to )\d+(?![\d.])/g, "$112")
      .replaceAll(/\d+(?:\.\d)? (kB|MB|GB)/g, "1.2 $1")
      // Near a megabyte.
      .replace(/^(backup\.db +)\S+ (kB|MB)$/, "$11.2 MB")
      .replace(/^(database +)\d.*$/, "$11.2 MB → 1.0 MB")
      .replace(/^Freed \d.*$/, "Freed 0.2 MB.")
      .replaceAll(/(code=)[\w-]+/g, "$1…")
      .replaceAll(/^(ok +git +)\d.*$/gm, "$12.47.3")
      .replaceAll(/^(ok +toolchains +).*$/gm, "$1git (/usr/bin/git), python3 (/usr/bin/python3)")
      .replaceAll(/\b[0-9a-f]{8}-[0-9a-f-]+…/g, (cut) => `${SOME_ID.slice(0, cut.length - 1)}…`)
      .replaceAll(/tl_[\w-]{43}/g, "tl_…")
      .replaceAll(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}/g, "2026-11-27 03:46:40")
      .replaceAll(/(^ok {4}node +)\S+/g, "$126.0.0")
      .replaceAll(/(^ok {4}git +)\S+/g, "$12.39.5")
      .replaceAll(
        /(^ok {4}toolchains +).+/g,
        "$1git (/usr/bin/git), node (/usr/bin/node), python3 (/usr/bin/python3)",
      )
      .replace(/^([0-9a-f-]{36} +)\d+(?=  )/, (_, before: string) => `${before.slice(0, -1)}12`)
      .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, "2026-11-27T03:46:40.000Z")
      .replaceAll(/(\.db\.replaced-)[\w.-]+/g, "$1…")
  );
}
