import { z } from "zod";
import { findLines } from "./files/find-lines.ts";
import { readLines } from "./files/read-lines.ts";
import type { KeptOutputs } from "./output/kept-outputs.ts";
import type { Tool, ToolResult } from "./port.ts";

const DEFAULT_LINES = 500;
const MAX_LINES = 2_000;

const ReadOutputInput = z.strictObject({
  output: z
    .string()
    .regex(/^[0-9a-f]{16,64}$/, "An output's id has 16 characters, as its command's result says")
    .describe("Id of the output, as the command's result says"),
  offset: z.int().min(1).optional().describe("First line to read, from 1; default 1"),
  limit: z.int().min(1).max(MAX_LINES).optional().describe(`Lines to read at most; default ${DEFAULT_LINES}`),
  contains: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe("Reads only lines from offset on that contain this text, each after its number"),
});
type ReadOutputInput = z.infer<typeof ReadOutputInput>;

export function createReadOutputTool(outputs: KeptOutputs): Tool<ReadOutputInput> {
  return {
    name: "read_output",
    description:
      "Reads the whole output of an earlier command of this session whose result left out the middle: a range of its " +
      "lines, or the lines that contain a text.",
    inputSchema: ReadOutputInput,
    kind: "read",
    title: ({ output, offset, contains }) =>
      `output ${output.slice(0, 8)}${contains === undefined ? (offset === undefined ? "" : ` from line ${offset}`) : `: ${contains}`}`,
    effects: [],
    async execute({ output, offset = 1, limit = DEFAULT_LINES, contains }, { sessionId, signal }) {
      const content = await outputs.read(sessionId, output);
      if (content === undefined) return failed(`This session has no output ${output}, or it is gone`);
      if (contains !== undefined) {
        const { lines, next } = await findLines(content, contains, { offset, limit, signal });
        if (lines.length === 0) return succeeded("(no line contains that text)");
        return succeeded(withNext(lines, next));
      }
      const read = await readLines(content, offset, limit, signal);
      if (read === null) return failed("This output is binary");
      if (read.lines.length === 0) return failed(`The output has fewer than ${offset} lines`);
      return succeeded(withNext(read.lines, read.next));
    },
  };
}

function withNext(lines: readonly string[], next: number | null): string {
  const more = next === null ? [] : [`[… the output continues: read on from line ${next} …]`];
  return [...lines, ...more].join("\n");
}

function succeeded(output: string): ToolResult {
  return { status: "succeeded", output };
}

function failed(output: string): ToolResult {
  return { status: "failed", output };
}
