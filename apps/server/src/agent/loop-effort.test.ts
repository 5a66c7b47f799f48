import { expect, test } from "vitest";
import { RawBench } from "./testing/raw-bench.ts";
import { sse } from "./testing/raw-provider.ts";

test("the model is asked for the task's effort, and the log says which", async () => {
  await using raw = await RawBench.create([]);
  await raw.run("go", { effort: "high" });
  await raw.run("and without");
  expect(raw.provider.requests.map(({ body }) => body["reasoning_effort"])).toEqual(["high", undefined]);
  expect(raw.log.of("step.started")).toEqual([
    { step: 1, model: "openai-compatible:m", effort: "high" },
    { step: 1, model: "openai-compatible:m" },
  ]);
});

test.each([
  "Unrecognized request argument supplied: reasoning_effort",
  "Unsupported value: 'reasoning_effort' does not support 'max' with this model.",
  "'m' does not support thinking level 'max'",
])("a model that takes no such effort answers without, and the user is told: %s", async (message) => {
  const refusal = { status: 400, body: JSON.stringify({ error: { message } }) };
  await using raw = await RawBench.create([refusal, sse.text("done"), sse.text("again")]);
  expect(await raw.run("go", { effort: "max" })).toMatchObject({ type: "completed", result: "done" });
  expect(await raw.run("go on", { effort: "max" })).toMatchObject({ type: "completed", result: "again" });
  expect(raw.provider.requests.map(({ body }) => body["reasoning_effort"])).toEqual([
    "max",
    undefined,
    undefined,
  ]);
  expect(raw.notices).toEqual(["'openai-compatible:m' takes no effort 'max', so it runs at its own"]);
});
