import { access } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import { PathInput } from "./files/path-input.ts";
import { WorkspaceError } from "./files/workspace-error.ts";
import { resolveInWorkspace } from "./files/workspace-path.ts";
import type { Tool, ToolResult } from "./port.ts";
import { runRipgrep, type SearchDeps, type SearchResult } from "./search/run-ripgrep.ts";

const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 1_000;
const MAX_CONTEXT = 20;

const GrepInput = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .max(1_000)
    .refine((text) => !text.includes("\0"), "A pattern cannot hold a NUL")
    .describe("Regular expression in Rust's syntax (no look-around, no back references), within a line"),
  path: PathInput.optional().describe("Directory or file to search; default the workspace"),
  glob: z
    .string()
    .min(1)
    .max(500)
    .refine((text) => !text.includes("\0"), "A pattern cannot hold a NUL")
    .optional()
    .describe("Only files whose path matches, such as *.ts or src/**/*.{ts,tsx}"),
  ignoreCase: z.boolean().optional().describe("Default false"),
  literal: z.boolean().optional().describe("Takes the pattern as plain text; default false"),
  context: z.int().min(0).max(MAX_CONTEXT).optional().describe("Lines to show around each match; default 0"),
  show: z
    .enum(["lines", "files", "counts"])
    .optional()
    .describe(
      "Matching lines, only the paths of files that match, or how many lines match in each; default lines",
    ),
  includeIgnored: z
    .boolean()
    .optional()
    .describe("Also searches what .gitignore leaves out, such as node_modules; default false"),
  limit: z
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .optional()
    .describe(`Lines or files to show; default ${DEFAULT_LIMIT}`),
});
type GrepInput = z.infer<typeof GrepInput>;

export function createGrepTool(deps: SearchDeps): Tool<GrepInput> {
  return {
    name: "grep",
    description:
      "Searches the text of files with ripgrep. Shows each file's path, then its lines as NUMBER:TEXT (NUMBER-TEXT for lines " +
      "around a match). Respects .gitignore (a directory that path names is searched anyway), includes hidden files, skips .git and binary files.",
    inputSchema: GrepInput,
    kind: "search",
    title: ({ pattern, path, glob }) =>
      [
        pattern,
        ...(glob === undefined ? [] : [`in ${glob}`]),
        ...(path === undefined ? [] : [`in ${path}`]),
      ].join(" "),
    locations: ({ path = "." }) => [{ path }],
    effects: [],
    execute: async (input, { workspace, signal }) => {
      const { root, existing, missing, shown } = await resolveInWorkspace(workspace, input.path ?? ".");
      if (missing.length > 0) throw new WorkspaceError(`${shown}: no such file or directory`);
      const result = await runRipgrep(deps, {
        options: [...optionsOf(input), ...(await ignoreFile(root, existing, input))],
        path: relative(root, existing),
        workspace,
        shows: input.show === "files" ? "paths" : "lines",
        limit: input.limit ?? DEFAULT_LIMIT,
        signal,
      });
      return toToolResult(result);
    },
  };
}

function optionsOf({
  pattern,
  glob,
  ignoreCase,
  literal,
  context,
  show = "lines",
  includeIgnored,
}: GrepInput): string[] {
  return [
    ...(show === "lines" ? ["--line-number", `--context=${context ?? 0}`] : []),
    ...(show === "files" ? ["--files-with-matches"] : []),
    ...(show === "counts" ? ["--count"] : []),
    ...(ignoreCase === true ? ["--ignore-case"] : []),
    ...(literal === true ? ["--fixed-strings"] : []),
    ...(includeIgnored === true ? ["--no-ignore"] : []),
    ...(glob === undefined ? [] : [`--glob=${glob}`]),
    `--regexp=${pattern}`,
  ];
}

/** Below the workspace's root, its own `.gitignore` would count as one of a parent. */
async function ignoreFile(root: string, start: string, { includeIgnored }: GrepInput): Promise<string[]> {
  if (start === root || includeIgnored === true) return [];
  const isThere = await access(join(root, ".gitignore")).then(
    () => true,
    () => false,
  );
  return isThere ? ["--ignore-file=.gitignore"] : [];
}

const CUTS: Readonly<Record<NonNullable<SearchResult["cut"]>, string>> = {
  limit: "[… there is more: narrow the pattern, path or glob, or raise limit …]",
  deadline: "[… stopped after 30 s: search a subdirectory …]",
  stopped: "[… stopped before it finished: search a subdirectory …]",
};

function toToolResult({ text, cut, errors, exitCode }: SearchResult): ToolResult {
  if (text === "" && cut === null && exitCode !== 0 && exitCode !== 1) {
    return { status: "failed", output: errors.trim() === "" ? "The search failed" : errors.trim() };
  }
  const parts = [
    ...(text === "" ? [] : [text]),
    ...(cut === null ? [] : [CUTS[cut]]),
    ...(exitCode === 2 && errors !== "" ? [`[not everything could be read: ${errors.trim()}]`] : []),
  ];
  return { status: "succeeded", output: parts.length === 0 ? "(no match)" : parts.join("\n") };
}
