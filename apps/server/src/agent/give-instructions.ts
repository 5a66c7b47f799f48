import { isAbsolute, relative, resolve, sep } from "node:path";
import type { Instructions, Skill } from "../instructions/port.ts";
import { documentKey, type InstructionsRead } from "./instruction-text.ts";
import { MAX_INSTRUCTION_LENGTH, MAX_INSTRUCTION_DOCUMENTS } from "./limits.ts";
import type { RunInput } from "./port.ts";
import type { RunState } from "./run-state.ts";
import type { GivenInstructions } from "./transcript/transcript.ts";

/** Levels below the workspace at which a directory's `AGENTS.md` is looked for. */
const MAX_DEPTH = 12;

/**
 * Gives a run the instructions of its workspace before a model call: those of the root and the skills first, those of a
 * directory once a call concerned a file below it. What was given is in the log, so another attempt and a fork project
 * the same prompt, and files are read again only by another task or where a summary took the place of what was given.
 */
export class InstructionFeed {
  readonly #instructions: Instructions;
  readonly #input: RunInput;
  /** Keys of what was compared with its file in this run. */
  readonly #compared = new Set<string>();
  #found: Skill[] | null = null;

  constructor(instructions: Instructions, input: RunInput) {
    this.#instructions = instructions;
    this.#input = input;
  }

  async give(state: RunState): Promise<void> {
    if (!state.mayHaveFiles) return;
    const { instructions: given } = state.transcript;
    const documents = await this.#documents(given, directoriesOf(this.#input.workspace, state));
    const skills = await this.#skills(given);
    if (documents.length === 0 && skills === undefined) return;
    await state.record({
      type: "instructions.read",
      data: { documents, ...(skills && { skills }), readsUntrusted: true },
    });
  }

  async #documents(
    given: GivenInstructions,
    directories: readonly string[],
  ): Promise<InstructionsRead["documents"]> {
    const documents: InstructionsRead["documents"] = [];
    let room = MAX_INSTRUCTION_LENGTH - given.length;
    for (const directory of directories) {
      if (given.texts.size + documents.length >= MAX_INSTRUCTION_DOCUMENTS) break;
      const key = documentKey({
        source: "repository",
        path: directory === "" ? "AGENTS.md" : `${directory}/AGENTS.md`,
      });
      const known = given.texts.get(key);
      if (known !== undefined && this.#compared.has(key)) continue;
      const document = await this.#instructions.documentOf(this.#input.workspace, directory);
      if (document === null) continue;
      this.#compared.add(key);
      const cut = shortenedTo(document, Math.max(0, room));
      if (cut.text === known) continue;
      room -= cut.text.length;
      documents.push(cut);
    }
    return documents;
  }

  async #skills(given: GivenInstructions): Promise<InstructionsRead["skills"]> {
    this.#found ??= await this.#instructions.skillsOf(this.#input.workspace);
    return JSON.stringify(this.#found) === JSON.stringify(given.skills ?? []) ? undefined : this.#found;
  }
}

type Document = InstructionsRead["documents"][number];

function shortenedTo(document: Document, length: number): Document {
  const { text } = document;
  if (text.length <= length) return document;
  // Not through a character.
  const kept = text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
  const omittedBytes = (document.omittedBytes ?? 0) + Buffer.byteLength(text.slice(kept.length));
  return { ...document, text: kept, omittedBytes };
}

/** The workspace, and all directories on the way to what the last step's calls concerned; outermost first. */
function directoriesOf(workspace: string, { progress }: RunState): string[] {
  const directories = new Set([""]);
  for (const { locations = [] } of progress.lastStep?.toolCalls ?? []) {
    for (const { path } of locations) {
      const inside = relative(workspace, resolve(workspace, path));
      if (inside === "" || isAbsolute(inside) || inside.split(sep)[0] === "..") continue;
      const names = inside.split(sep).slice(0, MAX_DEPTH);
      // The last name may be a directory, too; where it is a file, nothing is found below it.
      for (let depth = 1; depth <= names.length; depth++) directories.add(names.slice(0, depth).join("/"));
    }
  }
  return [...directories].toSorted((a, b) => a.split("/").length - b.split("/").length || (a < b ? -1 : 1));
}
