import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { findFilePlace } from "./files/held-directory.ts";
import { countLineChanges } from "./files/line-changes.ts";
import { openAt } from "./files/open-file.ts";
import { PathInput } from "./files/path-input.ts";
import { prepareReplacement } from "./files/replace-text.ts";
import { replaceFile } from "./files/replace-file.ts";
import { ENCODING_NAMES, toBytes, toUnits, unitBytes } from "./files/text-encoding.ts";
import { MAX_WHOLE_FILE_BYTES, readWholeText } from "./files/text-file.ts";
import type { Tool, ToolResult } from "./port.ts";

const EditFileInput = z.strictObject({
  path: PathInput,
  oldText: z
    .string()
    .min(1)
    .max(MAX_WHOLE_FILE_BYTES)
    .describe("Text to replace, exactly as it stands in the file"),
  newText: z.string().max(MAX_WHOLE_FILE_BYTES).describe("Text to put in its place; may be empty"),
  replaceAll: z
    .boolean()
    .optional()
    .describe("Replaces every occurrence instead of the only one; default false"),
});
type EditFileInput = z.infer<typeof EditFileInput>;

export function createEditFileTool(): Tool<EditFileInput> {
  return {
    name: "edit_file",
    description:
      "Replaces text in a file of the workspace. oldText must occur in it exactly once, spaces and line breaks " +
      "included: add lines around it until it does, or set replaceAll. The file keeps its encoding and line ends.",
    inputSchema: EditFileInput,
    kind: "edit",
    title: ({ path }) => path,
    locations: ({ path }) => [{ path }],
    effects: ["changes-workspace"],
    execute: async ({ path, oldText, newText, replaceAll = false }, { workspace, signal }) => {
      signal.throwIfAborted();
      await using place = await findFilePlace(workspace, path);
      await using file = await openAt(place);
      const { bytes: before, encoding } = await readWholeText(file);
      const replacement = prepareReplacement(toUnits(before, encoding), { encoding, oldText, newText });
      if (replacement === null) {
        return failed(
          place.shown,
          `the file is encoded as ${ENCODING_NAMES[encoding]}, which lacks a character of newText`,
        );
      }
      const { matches, length } = replacement;
      if (matches === 0)
        return failed(place.shown, "oldText was not found. Read the file and copy it exactly");
      if (matches > 1 && !replaceAll) {
        return failed(
          place.shown,
          `oldText occurs ${matches} times. Add lines around the one you mean, or set replaceAll`,
        );
      }
      // Computed before building it: matches times newText may exceed any memory.
      const size = length * unitBytes(encoding);
      if (size > MAX_WHOLE_FILE_BYTES) {
        return failed(
          place.shown,
          `after ${matches} replacements it would have ${size} bytes; the limit is ${MAX_WHOLE_FILE_BYTES}`,
        );
      }
      // Each part of the work takes some 10 ms for the largest files; yield in between.
      await setImmediate();
      const after = toBytes(replacement.build(), encoding);
      await replaceFile(place, after, file.mode);
      return {
        status: "succeeded",
        output: `modified ${place.shown}: ${matches} ${matches === 1 ? "replacement" : "replacements"}`,
        fileChange: { path: place.shown, change: "modified", ...countLineChanges(before, after) },
      };
    },
  };
}

function failed(shown: string, problem: string): ToolResult {
  return { status: "failed", output: `${shown}: ${problem}` };
}
