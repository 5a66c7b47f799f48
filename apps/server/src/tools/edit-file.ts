import { z } from "zod";
import { findFilePlace } from "./files/held-directory.ts";
import { countLineChanges } from "./files/line-changes.ts";
import { openAt } from "./files/open-file.ts";
import { PathInput } from "./files/path-input.ts";
import { replaceFile } from "./files/replace-file.ts";
import { MAX_WHOLE_FILE_BYTES, readWholeText } from "./files/text-file.ts";
import type { Tool } from "./port.ts";

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
      "included: take in lines around it until it does, or set replaceAll.",
    inputSchema: EditFileInput,
    kind: "edit",
    title: ({ path }) => path,
    locations: ({ path }) => [{ path }],
    effects: ["changes-workspace"],
    execute: async ({ path, oldText, newText, replaceAll = false }, { workspace, signal }) => {
      signal.throwIfAborted();
      await using place = await findFilePlace(workspace, path);
      await using file = await openAt(place);
      const before = await readWholeText(file);
      const matches = countMatches(before, oldText);
      const problem = matchProblem(before, oldText, matches, replaceAll);
      if (problem !== null) return { status: "failed", output: `${place.shown}: ${problem}` };
      // A function, because a string would have its `$` read as a pattern.
      const after = replaceAll
        ? before.replaceAll(oldText, () => newText)
        : before.replace(oldText, () => newText);
      await replaceFile(place, after, file.mode);
      return {
        status: "succeeded",
        output: `modified ${place.shown}: ${matches} ${matches === 1 ? "replacement" : "replacements"}`,
        fileChange: { path: place.shown, change: "modified", ...countLineChanges(before, after) },
      };
    },
  };
}

function countMatches(text: string, part: string): number {
  let matches = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) matches++;
  return matches;
}

function matchProblem(before: string, oldText: string, matches: number, replaceAll: boolean): string | null {
  if (matches === 0) {
    const hasOtherBreaks =
      before.includes("\r\n") && countMatches(before.replaceAll("\r\n", "\n"), oldText) > 0;
    return hasOtherBreaks
      ? "oldText does not occur in it, because its lines end in \\r\\n"
      : "oldText does not occur in it. Read the file and copy the text exactly";
  }
  if (matches > 1 && !replaceAll) {
    return `oldText occurs ${matches} times in it. Take in more lines around the one you mean, or set replaceAll`;
  }
  return null;
}
