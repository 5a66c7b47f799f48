import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type FakeProvider, readLog, say, type ServerFixture, waitFor } from "@trunkline/testkit";
import { PrefixCache } from "./prefix-cache.ts";
import { makeRepository, shellIn } from "./repository.ts";
import type { AgentTask, Answer } from "./task.ts";

export interface TaskFigures {
  name: string;
  /** Model calls. */
  steps: number;
  calls: number;
  /** Calls that failed, were denied or were not understood. */
  toolErrors: number;
  /** Estimated tokens of all prompts. */
  sentTokens: number;
  /** Of them, how many a provider would have read from its cache. */
  cachedTokens: number;
  /** Estimated tokens of the first prompt without the task: instructions and tools. */
  fixedTokens: number;
  /** Why it counts as failed; null: the check passed. */
  problem: string | null;
}

/** Runs one task through the real server, with the recorded answers in the place of a model. */
export async function runTask(
  task: AgentTask,
  { server, provider, directory }: { server: ServerFixture; provider: FakeProvider; directory: string },
): Promise<TaskFigures> {
  const source = join(directory, task.name);
  await mkdir(source);
  await makeRepository(task.repository, source, task.prepare);
  const cache = new PrefixCache();
  const left = [...task.answers];
  const sent: { tokens: number; cachedTokens: number }[] = [];
  let fixedTokens = 0;
  provider.respond = (request) => {
    if (sent.length === 0) {
      const system = request.messages.filter(({ role }) => role === "system");
      fixedTokens = new PrefixCache().add({ tools: request.tools, messages: system }).tokens;
    }
    const prompt = cache.add(request);
    sent.push(prompt);
    return replyOf(left.shift(), prompt);
  };
  const { client } = server;
  const project = await client.project.create.mutate({
    name: task.name,
    source: { kind: "directory", path: source },
  });
  const { taskId, sessionId } = await client.task.submit.mutate({
    prompt: task.prompt,
    projectId: project.id,
  });
  await waitFor(
    `the end of ${task.name}`,
    async () => (await client.task.get.query({ taskId })).endedAt !== null,
    { timeoutMs: 300_000, intervalMs: 50 },
  );
  const { state, errorMessage } = await client.task.get.query({ taskId });
  const ended = (await readLog(client, sessionId)).filter((event) => event.type === "tool.ended");
  return {
    name: task.name,
    steps: sent.length,
    calls: ended.length,
    toolErrors: ended.filter(({ data }) => data.status !== "succeeded").length,
    sentTokens: sum(sent.map(({ tokens }) => tokens)),
    cachedTokens: sum(sent.map(({ cachedTokens }) => cachedTokens)),
    fixedTokens,
    problem:
      state === "completed"
        ? await problemOf(join(server.dataDir, "workspaces", sessionId), task)
        : `${state}: ${errorMessage ?? ""}`,
  };
}

function replyOf(
  answer: Answer | undefined,
  { tokens, cachedTokens }: { tokens: number; cachedTokens: number },
) {
  const { text, calls } = answer ?? { text: "(the recording ends here)", calls: [] };
  const steps = [
    ...(text === undefined ? [] : [say.text(text)]),
    ...calls.map(({ tool, input }) => say.toolCall(tool, input)),
  ];
  const completionTokens = Math.ceil(JSON.stringify({ text, calls }).length / 4);
  return say.reply(...steps, say.usage({ promptTokens: tokens, completionTokens, cachedTokens }));
}

async function problemOf(workspace: string, { check }: AgentTask): Promise<string | null> {
  try {
    await shellIn(workspace, check);
    return null;
  } catch (error) {
    return `the check failed: ${error instanceof Error ? error.message.split("\n").slice(0, 3).join(" ") : String(error)}`;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0);
