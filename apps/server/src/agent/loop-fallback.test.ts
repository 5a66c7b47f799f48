import { say } from "@trunkline/testkit";
import { expect, test } from "vitest";
import { RunBench } from "./testing/run-bench.ts";

const OWN = "openai-compatible:own";
const SECOND = "openai-compatible:second";
const THIRD = "openai-compatible:third";

test("where the provider is down, the task goes on with the next model, and the log says why", async () => {
  await using bench = await RunBench.create({
    respond: ({ model }) =>
      model === "third" ? say.reply(say.text("here")) : say.reply(say.httpError(503, { message: "down" })),
  });
  const options = { model: OWN, fallbacks: [OWN, SECOND, THIRD] };
  expect(await bench.run(bench.log.begin("go"), options)).toMatchObject({ result: "here" });
  const asked = bench.provider.requests.map(({ model }) => model);
  // Each is retried first, and none is tried twice.
  expect(asked).toEqual([...Array(5).fill("own"), ...Array(5).fill("second"), "third"]);
  expect(bench.log.of("step.ended")).toMatchObject([{ step: 1, model: THIRD }]);
  const continuing = bench.log.of("notice").filter(({ message }) => message.includes("continuing"));
  expect(continuing.map(({ message }) => message)).toEqual([
    `Provider error 503: down — continuing with ${SECOND}`,
    `Provider error 503: down — continuing with ${THIRD}`,
  ]);
});

test("a refused request is not tried elsewhere, and the last model's failure is the task's", async () => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(say.reply(say.httpError(400, { message: "bad" })));
  expect(await bench.run(bench.log.begin("go"), { model: OWN, fallbacks: [SECOND] })).toMatchObject({
    error: { code: "provider_bad_request" },
  });
  bench.provider.enqueue(say.reply(say.httpError(401)), say.reply(say.httpError(402, { message: "pay" })));
  expect(await bench.run(bench.log.begin("go"), { model: OWN, fallbacks: [SECOND] })).toMatchObject({
    error: { code: "provider_quota" },
  });
  expect(bench.provider.requests).toHaveLength(3);
});

test("a limit that resets late leads to the next model; where that fails, too, the task waits for the limit", async () => {
  await using bench = await RunBench.create();
  const limited = say.reply(say.httpError(429, { message: "limit", retryAfter: 7_200 }));
  bench.provider.enqueue(limited, say.reply(say.text("here")));
  const options = { model: OWN, fallbacks: [SECOND] };
  expect(await bench.run(bench.log.begin("go"), options)).toMatchObject({ result: "here" });
  bench.provider.enqueue(limited, say.reply(say.httpError(401)));
  expect(await bench.run(bench.log.begin("go"), options)).toMatchObject({
    type: "input-required",
    limit: { message: expect.stringContaining("limit") as string },
  });
});
