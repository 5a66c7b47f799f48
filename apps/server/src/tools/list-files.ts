import { z } from "zod";
import { holdDirectory } from "./files/held-directory.ts";
import { PathInput } from "./files/path-input.ts";
import { walk } from "./files/walk.ts";
import type { Tool } from "./port.ts";

const DEFAULT_DEPTH = 2;
const MAX_DEPTH = 20;

/** Maximum entries per call. */
const MAX_LISTED = 500;

const ListFilesInput = z.strictObject({
  path: PathInput.optional().describe("Directory to list; default the workspace"),
  depth: z
    .int()
    .min(1)
    .max(MAX_DEPTH)
    .optional()
    .describe(`Maximum depth; default ${DEFAULT_DEPTH}, with glob ${MAX_DEPTH}`),
  glob: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe("Shows files whose path matches: * ** ? [a-z] {a,b}, such as **/*.{ts,tsx}"),
});
type ListFilesInput = z.infer<typeof ListFilesInput>;

export function createListFilesTool(): Tool<ListFilesInput> {
  return {
    name: "list_files",
    description:
      `Lists files and directories (ending in /) of the workspace, up to ${MAX_LISTED}. Skips the contents of .git and ` +
      "node_modules unless path leads there.",
    inputSchema: ListFilesInput,
    kind: "search",
    title: ({ path = ".", glob }) => (glob === undefined ? path : `${glob} in ${path}`),
    locations: ({ path = "." }) => [{ path }],
    effects: [],
    execute: async ({ path, depth, glob }, { workspace, signal }) => {
      const { directory, shown } = await holdDirectory(workspace, path ?? ".");
      await using root = directory;
      const { entries, isCut } = await walk(root, {
        depth: depth ?? (glob === undefined ? DEFAULT_DEPTH : MAX_DEPTH),
        glob,
        limit: MAX_LISTED,
        prefix: shown === "." ? "" : `${shown}/`,
        signal,
      });
      if (entries.length === 0 && !isCut) {
        return {
          status: "succeeded",
          output: glob === undefined ? "(empty directory)" : "(no file matches)",
        };
      }
      const lines = isCut
        ? [...entries, "[… more entries not shown: list a subdirectory, or use a narrower glob …]"]
        : entries;
      return { status: "succeeded", output: lines.join("\n") };
    },
  };
}
