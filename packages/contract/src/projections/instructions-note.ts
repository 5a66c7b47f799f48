import type { EventDataOf } from "../event.ts";

/** What the model was given, in one line for people. Paths may hold anything: show it as text. */
export function instructionsNote({ documents, skills = [] }: EventDataOf<"instructions.read">): string {
  const read = documents.map(({ source, path }) =>
    source === "project" ? "the project's instructions" : path,
  );
  if (skills.length > 0) read.push(skills.length === 1 ? "1 skill" : `${skills.length} skills`);
  return read.length === 0 ? "The repository's skills are gone" : `Read ${read.join(", ")}`;
}
