import { z } from "zod";
import { wholeFile } from "./files/file-pieces.ts";
import { openFile } from "./files/open-file.ts";
import { PathInput } from "./files/path-input.ts";
import { type LinesRead, readLines } from "./files/read-lines.ts";
import { ENCODING_NAMES } from "./files/text-encoding.ts";
import type { Tool, ToolResult } from "./port.ts";

const DEFAULT_LINES = 2_000;

const ReadFileInput = z.strictObject({
  path: PathInput,
  offset: z.int().min(1).optional().describe("First line to read, from 1; default 1"),
  limit: z.int().min(1).max(10_000).optional().describe(`Lines to read at most; default ${DEFAULT_LINES}`),
  lineNumbers: z.boolean().optional().describe("Puts the number before each line; default false"),
});
type ReadFileInput = z.infer<typeof ReadFileInput>;

export function createReadFileTool(): Tool<ReadFileInput> {
  return {
    name: "read_file",
    description:
      "Reads a text file of the workspace, up to 64 KB at a time; the last line says where to continue. Use offset and " +
      "limit to read part of a large file.",
    inputSchema: ReadFileInput,
    kind: "read",
    title: ({ path }) => path,
    locations: ({ path, offset }) => [{ path, line: offset }],
    effects: [],
    execute: async (input, { workspace, signal }) => {
      signal.throwIfAborted();
      await using file = await openFile(workspace, input.path);
      const offset = input.offset ?? 1;
      const read = await readLines(wholeFile(file.handle), offset, input.limit ?? DEFAULT_LINES, signal);
      if (read === null) return failed(`${file.shown}: this is a binary file (${file.size} bytes)`);
      const { lines, next } = read;
      if (lines.length === 0) {
        if (file.size === 0) return succeeded("(the file is empty)");
        return failed(`${file.shown}: the file has fewer than ${offset} lines`);
      }
      const shown =
        input.lineNumbers === true ? lines.map((line, index) => `${offset + index}\t${line}`) : lines;
      shown.push(...notesOn(read));
      if (next !== null) shown.push(`[… the file continues: read on from line ${next} …]`);
      return succeeded(shown.join("\n"));
    },
  };
}

/** Properties that the text does not show, and edit_file preserves. */
function notesOn({ encoding, hasCrLf }: LinesRead): string[] {
  const notes: string[] = [];
  if (encoding !== "utf-8") notes.push(`encoding: ${ENCODING_NAMES[encoding]}`);
  if (hasCrLf) notes.push("line ends: CRLF");
  return notes.length === 0 ? [] : [`[${notes.join("; ")}]`];
}

function succeeded(output: string): ToolResult {
  return { status: "succeeded", output };
}

function failed(output: string): ToolResult {
  return { status: "failed", output };
}
