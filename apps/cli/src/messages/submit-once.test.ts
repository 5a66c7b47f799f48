import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { runCaptured } from "../testing/captured-cli.ts";

const TASK = "01a22c85-4c4f-7770-be5c-322f293b2280";
const MADE = { id: TASK, sessionId: TASK, state: "submitted", prompt: "hello" };
const ANSWER = JSON.stringify([
  {
    result: {
      data: {
        taskId: TASK,
        sessionId: TASK,
        task: MADE,
      },
    },
  },
]);

type Answer = (response: ServerResponse) => void;
const cutOff: Answer = (response) => void response.destroy();
const cutInTheMiddle: Answer = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": ANSWER.length });
  response.write(ANSWER.slice(0, 40), () => response.destroy());
};
const badGateway: Answer = (response) => void response.writeHead(502).end("<html>");
const answered: Answer = (response) =>
  void response.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
const refused: Answer = (response) => {
  const error = {
    message: "No such model",
    code: -32_602,
    data: { reason: "model_unknown", httpStatus: 400 },
  };
  response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify([{ error }]));
};

const TASK_ANSWER = JSON.stringify([{ result: { data: MADE } }]);
const retried: Answer = (response) =>
  void response.writeHead(200, { "content-type": "application/json" }).end(TASK_ANSWER);

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** Runs a submit against a server that answers the n-th one in the n-th way. */
const submit = async (...answers: Answer[]) =>
  run(["run", "--no-project", "--detach", "--json", "hello"], answers);
const retry = async (...answers: Answer[]) => run(["retry", TASK, "--json"], answers);

async function run(command: readonly string[], answers: readonly Answer[]) {
  const keys: unknown[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await json(request)) as Record<string, { idempotencyKey?: string }>;
    keys.push(body["0"]?.idempotencyKey);
    answers[keys.length - 1]?.(response);
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  closing.push(() => server.close());
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const args = [...command, "--url", url];
  return { keys, url, ...(await runCaptured(args, { env: { TRUNKLINE_TOKEN: "t" } })) };
}

it.each([
  ["the connection is cut", cutOff],
  ["the answer is cut in its middle", cutInTheMiddle],
  ["a proxy lost its server", badGateway],
])("asks once more with the same key where %s", async (_, lost) => {
  const { keys, exitCode, out } = await submit(lost, answered);
  expect([exitCode, JSON.parse(out)]).toEqual([0, expect.objectContaining({ taskId: TASK })]);
  expect(keys).toEqual([expect.stringMatching(/^[\da-f-]{36}$/), keys[0]]);
});

it("retries a task with one key, too", async () => {
  const { keys, exitCode, out } = await retry(cutInTheMiddle, retried);
  expect([exitCode, JSON.parse(out)]).toEqual([0, expect.objectContaining({ id: TASK })]);
  expect(keys).toEqual([expect.stringMatching(/^[\da-f-]{36}$/), keys[0]]);
});

it("says that the task may be there where no answer comes at all", async () => {
  const { keys, url, exitCode, out, err } = await submit(cutOff, cutInTheMiddle);
  expect([keys.length, exitCode, out]).toEqual([2, 4, ""]);
  expect(err).toContain(
    `The server at ${url} closed the connection in the middle of its answer. Whether it took the task is not known: trunkline tasks`,
  );
});

it("says a refusal as it is, and asks no more", async () => {
  const first = await submit(refused);
  expect([first.keys.length, first.exitCode]).toEqual([1, 2]);
  expect(first.err).toContain("No such model.");
  const second = await submit(cutOff, refused);
  expect([second.keys.length, second.exitCode]).toEqual([2, 2]);
  expect(second.err).not.toContain("not known");
});
