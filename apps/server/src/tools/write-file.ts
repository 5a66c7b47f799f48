import { z } from "zod";
import { findFilePlace, type FilePlace } from "./files/held-directory.ts";
import { countLineChanges, countLines } from "./files/line-changes.ts";
import { openAt } from "./files/open-file.ts";
import { PathInput } from "./files/path-input.ts";
import { replaceFile } from "./files/replace-file.ts";
import { detectEncoding, ENCODING_NAMES, ENCODING_SAMPLE_BYTES } from "./files/text-encoding.ts";
import { MAX_WHOLE_FILE_BYTES, readWhole, tooLarge } from "./files/text-file.ts";
import { WorkspaceError } from "./files/workspace-error.ts";
import type { Tool } from "./port.ts";

const WriteFileInput = z.strictObject({
  path: PathInput,
  content: z.string().max(MAX_WHOLE_FILE_BYTES).describe("The file's whole text"),
});
type WriteFileInput = z.infer<typeof WriteFileInput>;

export function createWriteFileTool(): Tool<WriteFileInput> {
  return {
    name: "write_file",
    description:
      "Writes a text file in the workspace, as UTF-8: creates it, and the directories on the way, or replaces it " +
      "completely. To change part of a file, use edit_file.",
    inputSchema: WriteFileInput,
    kind: "edit",
    title: ({ path }) => path,
    locations: ({ path }) => [{ path }],
    effects: ["changes-workspace"],
    execute: async ({ path, content }, { workspace, signal }) => {
      signal.throwIfAborted();
      const after = Buffer.from(content, "utf8");
      if (after.length > MAX_WHOLE_FILE_BYTES) throw tooLarge(path, after.length);
      await using place = await findFilePlace(workspace, path, { createParents: true });
      const before = await readBefore(place);
      await replaceFile(place, after, before?.mode);
      const change = before === null ? ("created" as const) : ("modified" as const);
      const notes = before === null ? [] : silentChanges(before.bytes, after);
      return {
        status: "succeeded",
        output: [
          `${change} ${place.shown}: ${after.length} bytes, ${countLines(after)} lines`,
          ...notes,
        ].join("; "),
        fileChanges: [
          { path: place.shown, change, ...countLineChanges(before?.bytes ?? new Uint8Array(), after) },
        ],
      };
    },
  };
}

/** The previous content, for counting changed lines; a file too large to read counts as empty. */
async function readBefore(place: FilePlace): Promise<{ bytes: Uint8Array; mode: number } | null> {
  try {
    await using file = await openAt(place);
    return { bytes: (await readWhole(file)) ?? new Uint8Array(), mode: file.mode };
  } catch (error) {
    const cause: unknown = error instanceof WorkspaceError ? error.cause : undefined;
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw error;
  }
}

/** Changes that the model may not have intended: what it reads shows neither the encoding nor CR. */
function silentChanges(before: Uint8Array, after: Uint8Array): string[] {
  const notes: string[] = [];
  const encoding = detectEncoding(before.subarray(0, ENCODING_SAMPLE_BYTES));
  if (encoding !== null && encoding !== "utf-8") {
    notes.push(`the encoding was ${ENCODING_NAMES[encoding]} and is UTF-8 now`);
  }
  if (encoding === "utf-8" && hasCrLf(before) && !hasCrLf(after)) {
    notes.push("lines ended in CRLF and end in LF now");
  }
  return notes;
}

function hasCrLf(text: Uint8Array): boolean {
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength).includes("\r\n");
}
