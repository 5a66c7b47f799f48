/** Characters that mean themselves to every shell. */
const PLAIN = /^[\w@%+=:,./…-]+$/;

/** @returns the words as one line that can be pasted into a shell. */
export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  if (word === "…") return '"…"';
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * @param script as `process.argv[1]` has it
 * @returns the words that start this program again from where the user is
 */
export function programWords(script: string, env: Readonly<Record<string, string | undefined>>): string[] {
  // `pnpm trunkline` and `npm run trunkline` say which script they run.
  if (env["npm_lifecycle_event"] === "trunkline") {
    return env["npm_config_user_agent"]?.startsWith("npm/")
      ? ["npm", "run", "trunkline", "--"]
      : ["pnpm", "trunkline"];
  }
  return script.endsWith(".mjs") ? ["node", script] : ["trunkline"];
}
