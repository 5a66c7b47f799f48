import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { applyHunks } from "./patch/apply-hunks.ts";
import { type FilePatch, PatchError } from "./patch/file-patch.ts";
import { LinedText } from "./patch/lined-text.ts";
import { parsePatch, pathsIn } from "./patch/parse-patch.ts";
import { StagedFiles } from "./patch/staged-files.ts";
import type { Tool } from "./port.ts";

const MAX_PATCH_LENGTH = 1_000_000;

const ApplyPatchInput = z.strictObject({
  patch: z.string().min(1).max(MAX_PATCH_LENGTH).describe("The whole patch"),
});
type ApplyPatchInput = z.infer<typeof ApplyPatchInput>;

export function createApplyPatchTool(): Tool<ApplyPatchInput> {
  return {
    name: "apply_patch",
    description: `Changes several files of the workspace at once: all of the patch is applied, or nothing. Paths are relative to the workspace.
A unified diff, or this form, whose hunks need no line numbers:

*** Begin Patch
*** Add File: path/new.txt
+each line of the new file
*** Update File: path/old.txt
*** Move to: path/renamed.txt
@@ a line that comes before, if the lines below occur more than once
 a line that stays
-a line that goes
+a line that comes
*** Delete File: path/gone.txt
*** End Patch

"Move to" and what follows "@@" may be left out. Give some lines around each change as they stand in the file. Files keep their encoding and line ends.`,
    inputSchema: ApplyPatchInput,
    kind: "edit",
    title: ({ patch }) => titleOf(pathsIn(patch)),
    locations: ({ patch }) => pathsIn(patch).map((path) => ({ path })),
    effects: ["changes-workspace"],
    execute: async ({ patch }, { workspace, signal }) => {
      signal.throwIfAborted();
      const staged = new StagedFiles(workspace);
      const notes: string[] = [];
      try {
        for (const file of parsePatch(patch)) {
          await setImmediate();
          signal.throwIfAborted();
          if (await stage(staged, file, signal)) notes.push(`${file.path}: spaces or punctuation differed`);
        }
      } catch (error) {
        if (!(error instanceof PatchError)) throw error;
        return { status: "failed", output: `${error.message}\nNothing was changed` };
      }
      const changes = await staged.commit(signal);
      return {
        status: "succeeded",
        output: [
          ...changes.map(({ path, change, additions, deletions }) =>
            change === "deleted" ? `deleted ${path}` : `${change} ${path}: +${additions} -${deletions}`,
          ),
          ...notes,
        ].join("\n"),
        fileChanges: changes,
      };
    },
  };
}

/** @returns whether a hunk only fit roughly. */
async function stage(
  staged: StagedFiles,
  { path, change, moveTo, hunks }: FilePatch,
  signal: AbortSignal,
): Promise<boolean> {
  if (change === "add") {
    const lines = hunks.flatMap((hunk) => hunk.lines);
    const end = lines.length === 0 || lines.at(-1)?.isUnended === true ? "" : "\n";
    await staged.add(path, Buffer.from(lines.map(({ text }) => text).join("\n") + end));
    return false;
  }
  if (change === "delete" && hunks.length === 0) {
    // For the count of its lines; a binary file has none.
    await staged.read(path).catch(() => undefined);
    await staged.remove(path);
    return false;
  }
  const { bytes, encoding, mode } = await staged.read(path);
  const result = await applyHunks(new LinedText(bytes, encoding, path), hunks, { shown: path, signal });
  if (change === "delete") {
    await staged.remove(path);
  } else if (moveTo === undefined) {
    await staged.replace(path, result.bytes);
  } else {
    await staged.remove(path);
    await staged.add(moveTo, result.bytes, mode);
  }
  return result.isRough;
}

function titleOf(paths: readonly string[]): string {
  const [first = "patch"] = paths;
  return paths.length > 1 ? `${first} and ${paths.length - 1} more` : first;
}
