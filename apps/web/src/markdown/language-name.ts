/** Aliases and file extensions that differ from the grammar's name. */
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

/** @returns the grammar's name for it. */
export function grammarName(language: string): string {
  const name = language.toLowerCase();
  return OTHER_NAMES.get(name) ?? name;
}

/** @returns the language of a file by its name; null if unknown. */
export function languageOfFile(path: string): string | null {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (name === "dockerfile" || name === "makefile") return grammarName(name);
  const dot = name.lastIndexOf(".");
  return dot === -1 ? null : grammarName(name.slice(dot + 1));
}
