import { z } from "zod";
import { findFilePlace, type FilePlace } from "./files/held-directory.ts";
import { countLineChanges, linesOf } from "./files/line-changes.ts";
import { openAt } from "./files/open-file.ts";
import { PathInput } from "./files/path-input.ts";
import { replaceFile } from "./files/replace-file.ts";
import { MAX_WHOLE_FILE_BYTES } from "./files/text-file.ts";
import { WorkspaceError } from "./files/workspace-error.ts";
import type { Tool } from "./port.ts";

const WriteFileInput = z.strictObject({
  path: PathInput,
  content: z.string().max(MAX_WHOLE_FILE_BYTES).describe("All of the file's text"),
});
type WriteFileInput = z.infer<typeof WriteFileInput>;

export function createWriteFileTool(): Tool<WriteFileInput> {
  return {
    name: "write_file",
    description:
      "Writes a text file in the workspace: creates it, with the directories on its way, or replaces all of it. To " +
      "change a part of a file, use edit_file.",
    inputSchema: WriteFileInput,
    kind: "edit",
    title: ({ path }) => path,
    locations: ({ path }) => [{ path }],
    effects: ["changes-workspace"],
    execute: async ({ path, content }, { workspace, signal }) => {
      signal.throwIfAborted();
      await using place = await findFilePlace(workspace, path, { createParents: true });
      const before = await readBefore(place);
      await replaceFile(place, content, before?.mode);
      const change = before === null ? ("created" as const) : ("modified" as const);
      const lines = linesOf(content).length;
      return {
        status: "succeeded",
        output: `${change} ${place.shown}: ${Buffer.byteLength(content)} bytes, ${lines} lines`,
        fileChange: { path: place.shown, change, ...countLineChanges(before?.text ?? "", content) },
      };
    },
  };
}

/** What stood there, for the count of changed lines; a file too large to read counts as if it had been empty. */
async function readBefore(place: FilePlace): Promise<{ text: string; mode: number } | null> {
  try {
    await using file = await openAt(place);
    const text = file.size > MAX_WHOLE_FILE_BYTES ? "" : await file.handle.readFile("utf8");
    return { text, mode: file.mode };
  } catch (error) {
    const cause: unknown = error instanceof WorkspaceError ? error.cause : undefined;
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw error;
  }
}
