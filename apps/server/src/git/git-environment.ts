import { dirname } from "node:path";
import type { GitRun } from "./port.ts";

/** Wins over what a repository says (scope "command" of git-config(1)). */
const CONFIGURATION: Readonly<Record<string, string>> = {
  // Programs that git starts.
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.pager": "cat",
  "core.editor": "false",
  "core.askPass": "",
  "core.sshCommand": "false",
  "core.gitProxy": "none",
  "core.alternateRefsCommand": "true",
  "sequence.editor": "false",
  "credential.helper": "",
  "gpg.program": "false",
  "gpg.ssh.program": "false",
  "gpg.x509.program": "false",
  "commit.gpgSign": "false",
  "tag.gpgSign": "false",
  "push.gpgSign": "false",
  "log.showSignature": "false",
  "interactive.diffFilter": "cat",
  // Work that nobody asked for.
  "gc.auto": "0",
  "maintenance.auto": "false",
  "submodule.recurse": "false",
  "fetch.recurseSubmodules": "false",
  "push.recurseSubmodules": "no",
  "status.submoduleSummary": "false",
  // Git refuses a repository that belongs to somebody else, as a directory of the operator's may.
  "safe.directory": "*",
  "core.attributesFile": "/dev/null",
  "core.excludesFile": "/dev/null",
  "core.protectHFS": "true",
  "core.protectNTFS": "true",
};

const NOWHERE = "/nonexistent";

/**
 * What even a process that git starts at the other end of a local transport obeys, which gets none of the above: it would
 * refuse a repository that belongs to another user.
 */
export const GLOBAL_SETTINGS = `[safe]
\tdirectory = *
[core]
\thooksPath = /dev/null
\tfsmonitor = false
\tattributesFile = /dev/null
\texcludesFile = /dev/null
`;

/** The entire environment of a git process. */
export function gitEnvironment(
  { directory, configuration = {}, protocol, environment = {} }: GitRun,
  { path, settings }: { path: string; settings: string },
): Record<string, string> {
  return {
    PATH: path,
    LC_ALL: "C",
    // Neither settings nor a .netrc.
    HOME: NOWHERE,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: settings,
    GIT_ATTR_NOSYSTEM: "1",
    // Wins over any `protocol.*` of the repository's.
    GIT_ALLOW_PROTOCOL: protocol ?? "none",
    GIT_PROTOCOL_FROM_USER: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_LFS_SKIP_SMUDGE: "1",
    // A directory that is no repository does not make one of its parents into it.
    GIT_CEILING_DIRECTORIES: dirname(directory),
    ...configurationVariables({ ...CONFIGURATION, ...configuration }),
    ...environment,
  };
}

/** As `-c` would, but no other user of the machine can read it. */
function configurationVariables(configuration: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(configuration);
  return Object.fromEntries([
    ["GIT_CONFIG_COUNT", String(entries.length)],
    ...entries.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ]) as Record<string, string>;
}

/** Subcommands that would run a repository's programs to show a difference. */
const SHOWS_DIFFERENCES = new Set([
  "diff",
  "diff-files",
  "diff-index",
  "diff-tree",
  "format-patch",
  "log",
  "show",
]);

/** Arguments after `git`. */
export function gitArguments([subcommand = "", ...rest]: readonly string[]): string[] {
  const plain = SHOWS_DIFFERENCES.has(subcommand) ? ["--no-ext-diff", "--no-textconv"] : [];
  return ["--no-pager", subcommand, ...plain, ...rest];
}
