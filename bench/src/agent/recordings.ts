import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SessionEvent } from "@trunkline/contract";
import { AgentTask, type Answer } from "./task.ts";

const DIRECTORY = fileURLToPath(new URL("recordings", import.meta.url));

/** Tasks that a model has worked on, with its answers. @throws Error naming the file that can't be read. */
export async function readRecordings(): Promise<AgentTask[]> {
  const names = (await readdir(DIRECTORY)).filter((name) => name.endsWith(".json")).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const parsed = AgentTask.safeParse(JSON.parse(await readFile(join(DIRECTORY, name), "utf8")));
      if (parsed.success) return parsed.data;
      throw new Error(`${name} is no recording: ${parsed.error.message}`);
    }),
  );
}

/** @returns the file. */
export async function writeRecording(task: AgentTask): Promise<string> {
  const file = join(DIRECTORY, `${task.name}.json`);
  await writeFile(file, `${JSON.stringify(task, null, 2)}\n`);
  return file;
}

/** The answers of a session's model, as its log has them. */
export function answersOf(events: readonly SessionEvent[]): Answer[] {
  const answers: Answer[] = [];
  let text = "";
  for (const event of events) {
    if (event.type === "step.started") text = "";
    if (event.type === "text.ended") text += event.data.text;
    if (event.type !== "step.ended") continue;
    const calls = event.data.toolCalls.map(({ tool, input }) => ({
      tool,
      input: input as Record<string, unknown>,
    }));
    answers.push({ ...(text !== "" && { text }), calls });
  }
  return answers;
}
