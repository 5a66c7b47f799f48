import { z } from "zod";
import { holdDirectory } from "./files/held-directory.ts";
import { PathInput } from "./files/path-input.ts";
import { walk } from "./files/walk.ts";
import type { Tool } from "./port.ts";

const MAX_DEPTH = 100;
const MAX_SHOWN = 500;

const GlobInput = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .max(500)
    .describe("Such as *.ts, src/**/*.{ts,tsx}, **/test-[0-9]?.json; without a slash it holds at any depth"),
  path: PathInput.optional().describe("Directory to search; default the workspace"),
});
type GlobInput = z.infer<typeof GlobInput>;

export function createGlobTool(): Tool<GlobInput> {
  return {
    name: "glob",
    description:
      `Finds files by their names, sorted by path, up to ${MAX_SHOWN}. Skips .git and node_modules, and hidden files ` +
      "unless the pattern names the dot.",
    inputSchema: GlobInput,
    kind: "search",
    title: ({ pattern, path }) => (path === undefined ? pattern : `${pattern} in ${path}`),
    locations: ({ path = "." }) => [{ path }],
    effects: [],
    execute: async ({ pattern, path = "." }, { workspace, signal }) => {
      const { directory, shown } = await holdDirectory(workspace, path);
      await using root = directory;
      const { entries, isCut } = await walk(root, {
        depth: MAX_DEPTH,
        glob: pattern.includes("/") ? pattern : `**/${pattern}`,
        limit: MAX_SHOWN,
        prefix: shown === "." ? "" : `${shown}/`,
        signal,
      });
      if (isCut) entries.push("[… more files may match: search a subdirectory, or use a narrower pattern …]");
      return { status: "succeeded", output: entries.length === 0 ? "(no file matches)" : entries.join("\n") };
    },
  };
}
