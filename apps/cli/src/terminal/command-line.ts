/** Characters that need no quoting in any shell. */
const PLAIN = /^[\w@%+=:,./…-]+$/;

/** @returns the words as a line that can be pasted into a shell. */
export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  if (word === "…") return '"…"';
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * @param script like `process.argv[1]`
 * @returns the words that run this program again from the current directory
 */
export function programWords(script: string, env: Readonly<Record<string, string | undefined>>): string[] {
  // `pnpm trunkline` and `npm run trunkline` set the script's name.
  if (env["npm_lifecycle_event"] === "trunkline") {
    return env["npm_config_user_agent"]?.startsWith("npm/")
      ? ["npm", "run", "trunkline", "--"]
      : ["pnpm", "trunkline"];
  }
  if (env["npm_lifecycle_event"] === "npx") return ["npx", "trunkline"];
  return script.endsWith(".mjs") ? ["node", script] : ["trunkline"];
}
