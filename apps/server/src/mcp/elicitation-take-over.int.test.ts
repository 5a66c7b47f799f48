import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EventDataOf, Question, SessionEvent } from "@trunkline/contract";
import {
  assertLogHolds,
  Cluster,
  FakeProvider,
  readLog,
  say,
  ServerFixture,
  waitFor,
} from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ASKING = fileURLToPath(new URL("testing/asking-server.ts", import.meta.url));

/** Where tasks are submitted, and what is there once the server that ran them was killed. */
interface Place extends AsyncDisposable {
  first: ServerFixture;
  /** kill -9 of the server that holds the call. */
  lose(): Promise<ServerFixture>;
  /** Undoes that. */
  mend(): Promise<void>;
}

const PLACES: Record<string, (env: Record<string, string>) => Promise<Place>> = {
  async SQLite(env) {
    const server = await ServerFixture.start({ env });
    return {
      first: server,
      async lose() {
        await server.kill();
        await server.restart();
        return server;
      },
      mend: async () => undefined,
      [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose](),
    };
  },
  async "two nodes on PostgreSQL"(env) {
    const cluster = await Cluster.start({ nodes: 2, env });
    const [one, other] = cluster.nodes;
    if (one === undefined || other === undefined) throw new Error("there are no two nodes");
    // Alone at first, so that it is the one that runs the task.
    await other.stop();
    return {
      first: one,
      async lose() {
        await other.restart();
        await one.kill();
        return other;
      },
      async mend() {
        await one.restart();
        await other.stop();
      },
      [Symbol.asyncDispose]: async () => cluster[Symbol.asyncDispose](),
    };
  },
};

describe.each(Object.keys(PLACES))("on %s, a call that asks and is cut off by kill -9", (kind) => {
  let provider: FakeProvider;
  let place: Place;
  let directory: string;

  beforeAll(async () => {
    provider = await FakeProvider.start();
    directory = await mkdtemp(join(tmpdir(), "trunkline-asking-"));
    const program = join(directory, "asking-server.mjs");
    await writeFile(program, stripTypeScriptTypes(await readFile(ASKING, "utf8")));
    const configFile = join(directory, "trunkline.config.json");
    const asking = { command: "node", args: [program], readOnly: [directory] };
    const rules = [{ effect: "allow", tool: "asking__*" }];
    await writeFile(configFile, JSON.stringify({ mcpServers: { asking }, rules }));
    place = await PLACES[kind]!({ ...provider.serverEnv, TRUNKLINE_CONFIG_FILE: configFile });
  });
  afterAll(async () => {
    await place[Symbol.asyncDispose]();
    await provider.close();
    await rm(directory, { recursive: true, force: true });
  });

  const questionIn = async ({ client }: ServerFixture, sessionId: string, text: RegExp): Promise<Question> =>
    waitFor(`the question ${text}`, async () =>
      (await client.question.list.query({ sessionId })).items.find(
        (question) => question.state === "open" && text.test(question.text),
      ),
    );
  const answer = async ({ client }: ServerFixture, { id }: Question, name: string) =>
    client.question.answer.mutate({ questionId: id, answer: { values: { name } } });
  const of = <T extends SessionEvent["type"]>(log: readonly SessionEvent[], type: T): EventDataOf<T>[] =>
    log.flatMap((event) => (event.type === type ? [event.data as EventDataOf<T>] : []));

  /** Has the model make these calls, one step each. */
  async function submit(...calls: readonly (readonly [tool: string, input: object])[]) {
    provider.enqueue(...calls.map(([tool, input]) => say.reply(say.toolCall(`asking__${tool}`, input))));
    provider.enqueue(say.reply(say.text("Done.")));
    return place.first.client.task.submit.mutate({ prompt: "go" });
  }
  async function endOf(
    { client }: ServerFixture,
    { taskId, sessionId }: { taskId: string; sessionId: string },
  ) {
    await waitFor("the task's end", async () => (await client.task.get.query({ taskId })).endedAt !== null);
    const log = await readLog(client, sessionId);
    assertLogHolds(log);
    await place.mend();
    return log;
  }

  it("is answered from the log when it is made again, once", async () => {
    const sign = ["sign", { for: "the letter" }] as const;
    const task = await submit(sign, ["sign", { for: "the parcel" }], sign, sign);
    await questionIn(place.first, task.sessionId, /letter/);
    const server = await place.lose();
    const asked = await questionIn(server, task.sessionId, /letter/);
    await answer(server, asked, "Ada");
    // Another call is another question, and one more of the same is as well.
    await answer(server, await questionIn(server, task.sessionId, /parcel/), "Grace");
    await answer(server, await questionIn(server, task.sessionId, /letter/), "Edsger");
    const log = await endOf(server, task);
    const [cut, ...rest] = of(log, "tool.ended");
    expect(cut).toMatchObject({ status: "interrupted", unheardQuestionId: asked.id });
    expect(cut?.output).toContain("make it again with the same input");
    expect(rest.map(({ output }) => /"name":"(\w+)"/.exec(output)?.[1])).toEqual(["Grace", "Ada", "Edsger"]);
    expect(of(log, "question.asked")).toHaveLength(4);
    const answers = of(log, "question.answered");
    expect(answers.map(({ repeats }) => repeats)).toEqual([undefined, undefined, asked.id, undefined]);
    expect(answers[2]).toMatchObject({ by: answers[0]?.by, answer: { values: { name: "Ada" } } });
  });

  it("says so where it asks something else", async () => {
    const guess = ["guess", { for: "the letter" }] as const;
    const task = await submit(guess, guess);
    const first = await questionIn(place.first, task.sessionId, /letter/);
    const server = await place.lose();
    await answer(server, await questionIn(server, task.sessionId, /letter/), "Ada");
    const second = await questionIn(server, task.sessionId, /letter/);
    expect(second.text).not.toBe(first.text);
    await answer(server, second, "Grace");
    const log = await endOf(server, task);
    expect(of(log, "tool.ended").at(-1)?.output).toContain('"name":"Grace"');
    expect(of(log, "notice")).toMatchObject([{ message: expect.stringContaining("asked something else") }]);
  });

  it("asks again what its server had heard, and says so; the rest is answered from the log", async () => {
    const witness = ["witness", { for: "the letter" }] as const;
    const task = await submit(witness, witness);
    await answer(place.first, await questionIn(place.first, task.sessionId, /^.*Sign/), "Ada");
    await questionIn(place.first, task.sessionId, /Who has seen/);
    const server = await place.lose();
    await answer(server, await questionIn(server, task.sessionId, /Who has seen/), "Grace");
    await answer(server, await questionIn(server, task.sessionId, /Sign/), "Ada again");
    const log = await endOf(server, task);
    expect(of(log, "tool.ended").at(-1)?.output).toMatch(/"Ada again".*"Grace"/);
    expect(of(log, "notice")).toMatchObject([
      { message: expect.stringContaining("may have got that answer") },
    ]);
  });
});
