/** What people write, and file names end with, where it is not the name of the grammar. */
const OTHER_NAMES = new Map(
  Object.entries({
    cs: "csharp",
    "c++": "cpp",
    cc: "cpp",
    cjs: "javascript",
    console: "bash",
    dockerfile: "docker",
    golang: "go",
    h: "c",
    hpp: "cpp",
    htm: "html",
    js: "javascript",
    jsonc: "json",
    kt: "kotlin",
    makefile: "make",
    md: "markdown",
    mjs: "javascript",
    mts: "typescript",
    patch: "diff",
    py: "python",
    rb: "ruby",
    rs: "rust",
    sh: "bash",
    shell: "bash",
    shellscript: "bash",
    svg: "xml",
    ts: "typescript",
    yml: "yaml",
    zsh: "bash",
  }),
);

/** @returns the name under which a grammar for it would be found. */
export function grammarName(language: string): string {
  const name = language.toLowerCase();
  return OTHER_NAMES.get(name) ?? name;
}

/** @returns the language of a file by its name; null where that says nothing. */
export function languageOfFile(path: string): string | null {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (name === "dockerfile" || name === "makefile") return grammarName(name);
  const dot = name.lastIndexOf(".");
  return dot === -1 ? null : grammarName(name.slice(dot + 1));
}
