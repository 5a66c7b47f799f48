/** A folder of a home whose every entry is a version of one program, and which holds nothing else. */
export interface VersionFolder {
  /** By which the program is looked for. */
  program: string;
  /** Relative to the home. */
  folder: string;
  /** Of a version, where its programs are. */
  bin: string;
  /** File relative to the home that says which version is meant; the pattern's group is the beginning of its name. */
  choice?: { file: string; pattern: RegExp };
}

const BARE_VERSION = /^\s*(?:v(?=\d))?([\w.+-]+)\s*$/m;

export const VERSION_FOLDERS: readonly VersionFolder[] = [
  {
    program: "node",
    folder: ".nvm/versions/node",
    bin: "bin",
    choice: { file: ".nvm/alias/default", pattern: BARE_VERSION },
  },
  { program: "node", folder: ".local/share/fnm/node-versions", bin: "installation/bin" },
  { program: "node", folder: ".fnm/node-versions", bin: "installation/bin" },
  { program: "node", folder: ".volta/tools/image/node", bin: "bin" },
  { program: "node", folder: ".nodenv/versions", bin: "bin", choice: versionFile(".nodenv") },
  { program: "node", folder: ".asdf/installs/nodejs", bin: "bin" },
  { program: "node", folder: ".local/share/mise/installs/node", bin: "bin" },
  { program: "python3", folder: ".pyenv/versions", bin: "bin", choice: versionFile(".pyenv") },
  { program: "python3", folder: ".local/share/uv/python", bin: "bin" },
  { program: "python3", folder: ".asdf/installs/python", bin: "bin" },
  { program: "python3", folder: ".local/share/mise/installs/python", bin: "bin" },
  { program: "go", folder: ".asdf/installs/golang", bin: "go/bin" },
  { program: "go", folder: ".local/share/mise/installs/go", bin: "bin" },
  {
    program: "cargo",
    folder: ".rustup/toolchains",
    bin: "bin",
    choice: { file: ".rustup/settings.toml", pattern: /^default_toolchain = "([^"]+)"/m },
  },
  { program: "java", folder: ".sdkman/candidates/java", bin: "bin" },
  { program: "java", folder: ".jdks", bin: "bin" },
  { program: "java", folder: ".asdf/installs/java", bin: "bin" },
  { program: "java", folder: ".local/share/mise/installs/java", bin: "bin" },
  { program: "ruby", folder: ".rbenv/versions", bin: "bin", choice: versionFile(".rbenv") },
  { program: "ruby", folder: ".rubies", bin: "bin" },
  { program: "ruby", folder: ".asdf/installs/ruby", bin: "bin" },
  { program: "ruby", folder: ".local/share/mise/installs/ruby", bin: "bin" },
];

function versionFile(manager: string): NonNullable<VersionFolder["choice"]> {
  return { file: `${manager}/version`, pattern: BARE_VERSION };
}

/** Programs that are one file, in folders that may hold anything else: the file alone is shown. Relative to the home. */
export const SINGLE_PROGRAMS: readonly string[] = [
  ".deno/bin/deno",
  ".bun/bin/bun",
  ".local/bin/uv",
  ".cargo/bin/uv",
];

/**
 * What managers whose programs are on the search path look up in the home, which in a sandbox is the workspace: the
 * variable that says where they are, and what of it they need beside what is shown anyway.
 */
export const MANAGER_HOMES: readonly { folder: string; variable: string; needs: readonly string[] }[] = [
  { folder: ".rustup", variable: "RUSTUP_HOME", needs: ["toolchains", "settings.toml"] },
  { folder: ".pyenv", variable: "PYENV_ROOT", needs: [] },
  { folder: ".rbenv", variable: "RBENV_ROOT", needs: [] },
  { folder: ".nodenv", variable: "NODENV_ROOT", needs: [] },
  { folder: ".volta", variable: "VOLTA_HOME", needs: [] },
  { folder: ".asdf", variable: "ASDF_DATA_DIR", needs: [] },
];

/**
 * What only the root of an installation has, beside its program: such a directory of `/opt` is shown whole. An
 * application with an interpreter of its own has the program alone, and maybe keys beside it.
 */
export const INSTALLATIONS: readonly { program: string; mark: string }[] = [
  { program: "node", mark: "include/node/node.h" },
  { program: "go", mark: "src/runtime/extern.go" },
  { program: "cargo", mark: "lib/rustlib" },
  { program: "java", mark: "lib/jrt-fs.jar" },
  { program: "python3", mark: "lib/pkgconfig/python3.pc" },
  { program: "ruby", mark: "lib/ruby" },
];

/** What doctor reports, where it is there. */
export const REPORTED_PROGRAMS = [
  "git",
  "node",
  "npm",
  "pnpm",
  "yarn",
  "python3",
  "pip3",
  "uv",
  "go",
  "cargo",
  "java",
  "mvn",
  "gradle",
  "ruby",
  "deno",
  "bun",
  "gcc",
  "make",
] as const;
