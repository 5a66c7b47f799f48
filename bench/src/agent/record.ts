import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLog, ServerFixture, waitFor } from "@trunkline/testkit";
import { answersOf, writeRecording } from "./recordings.ts";
import { makeRepository, shellIn } from "./repository.ts";
import { AgentTask } from "./task.ts";

const DAY_MS = 86_400_000;

/** What tells a server of this process's environment which model it has. */
const MODEL_VARIABLES = /^(?:TRUNKLINE_MODEL|OPENAI_|ANTHROPIC_|GOOGLE_)/;

/** Has a model work on a task, and keeps its answers. @throws Error if the task fails, or its check. */
export async function record(options: {
  name: string;
  repository: string;
  prompt?: string | undefined;
  prepare?: string | undefined;
  check: string;
}): Promise<void> {
  const { name, prepare, check } = options;
  // An answer will replace it; the rest is checked before a model is paid for.
  const task = AgentTask.parse({
    name,
    repository: options.repository,
    prompt: options.prompt,
    check,
    ...(prepare !== undefined && { prepare }),
    answers: [{ text: "", calls: [] }],
  });
  const directory = await mkdtemp(join(tmpdir(), "trunkline-record-"));
  try {
    await makeRepository(task.repository, join(directory, "source"), prepare);
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([key]) => MODEL_VARIABLES.test(key)),
    ) as Record<string, string>;
    await using server = await ServerFixture.start({
      env: { ...env, TRUNKLINE_PROJECT_ROOTS: directory, TRUNKLINE_APPROVALS: "never" },
    });
    const { client } = server;
    const source = { kind: "directory" as const, path: join(directory, "source") };
    const project = await client.project.create.mutate({ name, source });
    const { taskId, sessionId } = await client.task.submit.mutate({
      prompt: task.prompt,
      projectId: project.id,
    });
    await waitFor("the model", async () => (await client.task.get.query({ taskId })).endedAt !== null, {
      timeoutMs: DAY_MS,
      intervalMs: 500,
    });
    const { state, errorMessage } = await client.task.get.query({ taskId });
    if (state !== "completed") throw new Error(`The task ${state}: ${errorMessage ?? "no message"}`);
    await shellIn(join(server.dataDir, "workspaces", sessionId), check);
    const answers = answersOf(await readLog(client, sessionId));
    console.log(`${answers.length} answers: ${await writeRecording({ ...task, answers })}`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
