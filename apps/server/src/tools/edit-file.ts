import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { findFilePlace } from "./files/held-directory.ts";
import { countLineChanges } from "./files/line-changes.ts";
import { openAt } from "./files/open-file.ts";
import { PathInput } from "./files/path-input.ts";
import { prepareReplacement } from "./files/replace-text.ts";
import { replaceFile } from "./files/replace-file.ts";
import {
  ENCODING_NAMES,
  type FileEncoding,
  type TextUnits,
  toBytes,
  toUnits,
  unitBytes,
} from "./files/text-encoding.ts";
import { MAX_WHOLE_FILE_BYTES, readWholeText } from "./files/text-file.ts";
import type { Tool } from "./port.ts";

/** Each takes some 10 ms of the largest files. */
const MAX_EDITS = 100;

const Edit = z.strictObject({
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
type Edit = z.infer<typeof Edit>;

const EditFileInput = z
  .strictObject({
    path: PathInput,
    ...Edit.partial().shape,
    edits: z
      .array(Edit)
      .min(1)
      .max(MAX_EDITS)
      .optional()
      .describe("Instead of oldText and newText: several edits, each on the result of those before it"),
  })
  .superRefine(({ oldText, newText, edits }, context) => {
    const isOne = oldText !== undefined && newText !== undefined;
    if (isOne === (edits !== undefined)) {
      context.addIssue({ code: "custom", message: "Give oldText and newText, or edits" });
    }
  });
type EditFileInput = z.infer<typeof EditFileInput>;

export function createEditFileTool(): Tool<EditFileInput> {
  return {
    name: "edit_file",
    description:
      "Replaces text in a file of the workspace: once with oldText and newText, or several times with edits, of which " +
      "all or none are made. oldText must occur in the file exactly once, spaces and line breaks included: add lines " +
      "around it until it does, or set replaceAll. The file keeps its encoding and line ends.",
    inputSchema: EditFileInput,
    kind: "edit",
    title: ({ path }) => path,
    locations: ({ path }) => [{ path }],
    effects: ["changes-workspace"],
    execute: async ({ path, oldText = "", newText = "", replaceAll, edits }, { workspace, signal }) => {
      signal.throwIfAborted();
      await using place = await findFilePlace(workspace, path);
      await using file = await openAt(place);
      const { bytes: before, encoding } = await readWholeText(file);
      let units = toUnits(before, encoding);
      let replacements = 0;
      for (const [index, edit] of (edits ?? [{ oldText, newText, replaceAll }]).entries()) {
        // Each part of the work takes some 10 ms for the largest files; yield in between.
        if (index > 0) await setImmediate();
        signal.throwIfAborted();
        const made = await makeEdit(units, encoding, edit);
        if ("problem" in made) {
          const which = edits === undefined ? "" : `edit ${index + 1} of ${edits.length}: `;
          const untouched = edits === undefined ? "" : ". No edit was made";
          return { status: "failed", output: `${place.shown}: ${which}${made.problem}${untouched}` };
        }
        units = made.units;
        replacements += made.matches;
      }
      const after = toBytes(units, encoding);
      await replaceFile(place, after, file.mode);
      return {
        status: "succeeded",
        output: `modified ${place.shown}: ${replacements} ${replacements === 1 ? "replacement" : "replacements"}`,
        fileChanges: [{ path: place.shown, change: "modified", ...countLineChanges(before, after) }],
      };
    },
  };
}

type Made = { units: TextUnits; matches: number } | { problem: string };

async function makeEdit(
  units: TextUnits,
  encoding: FileEncoding,
  { oldText, newText, replaceAll = false }: Edit,
): Promise<Made> {
  const replacement = prepareReplacement(units, { encoding, oldText, newText });
  if (replacement === null) {
    return {
      problem: `the file is encoded as ${ENCODING_NAMES[encoding]}, which lacks a character of newText`,
    };
  }
  const { matches, length } = replacement;
  if (matches === 0) return { problem: "oldText was not found. Read the file and copy it exactly" };
  if (matches > 1 && !replaceAll) {
    return {
      problem: `oldText occurs ${matches} times. Add lines around the one you mean, or set replaceAll`,
    };
  }
  // Computed before building it: matches times newText may exceed any memory.
  const size = length * unitBytes(encoding);
  if (size > MAX_WHOLE_FILE_BYTES) {
    return {
      problem: `after ${matches} replacements it would have ${size} bytes; the limit is ${MAX_WHOLE_FILE_BYTES}`,
    };
  }
  await setImmediate();
  return { units: replacement.build(), matches };
}
