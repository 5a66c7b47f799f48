import { appendFile } from "node:fs/promises";
import { z } from "zod";
import type { Tool } from "../../tools/port.ts";

/** A tool whose side effects can be counted. */
export function appendTool(path: string, nature: Partial<Pick<Tool, "name" | "effects">> = {}): Tool {
  const inputSchema = z.strictObject({ line: z.int() });
  return {
    name: "append",
    description: "Appends a line",
    inputSchema,
    kind: "other",
    effects: [],
    ...nature,
    execute: async (input) => {
      await appendFile(path, `${inputSchema.parse(input).line}\n`);
      return { status: "succeeded", output: "ok" };
    },
  };
}
