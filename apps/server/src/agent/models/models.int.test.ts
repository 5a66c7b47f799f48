import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import { addUser, FakeProvider, readLog, say, ServerFixture } from "@trunkline/testkit";
import { expect, it } from "vitest";

/** A server with two named providers at one stand-in, the second without a key of the server's. */
it("named providers, their models, fallbacks, efforts and keys of one's own, over the wire", async () => {
  await using provider = await FakeProvider.start({
    models: ["small", "big"],
    respond: ({ model }) =>
      model === "broken" ? say.reply(say.httpError(401, { message: "no" })) : say.reply(say.text("hello")),
  });
  await using directory = await mkdtempDisposable(join(tmpdir(), "trunkline-models-"));
  const path = join(directory.path, "config.json");
  const entry = { kind: "openai-compatible", baseUrl: provider.url };
  const file = {
    providers: { one: { ...entry, keyVariable: "ONE_KEY", defaultModel: "small" }, two: entry },
    fallbacks: ["two:big"],
  };
  await writeFile(path, JSON.stringify(file));
  await writeFile(join(directory.path, "key"), "server-key-one\n");
  await using server = await ServerFixture.start({
    env: { TRUNKLINE_CONFIG_FILE: path, ONE_KEY_FILE: join(directory.path, "key") },
  });
  const { client } = server;

  const list = await client.model.list.query();
  expect(list.models.map(({ name }) => name)).toEqual([
    "one:small",
    "one:big",
    "two:small",
    "two:big",
    "demo",
  ]);
  expect(list).toMatchObject({
    fallbacks: ["two:big"],
    providers: [
      { name: "one", key: "server", isReachable: true },
      { name: "two", key: "none", isReachable: true },
    ],
  });
  expect(list.models[0]).toMatchObject({ isDefault: true, contextTokens: null, efforts: null });

  const run = async (input: object) => {
    const from = provider.requests.length;
    const submitted = await client.task.submit.mutate({ prompt: "hi", ...input });
    for await (const _event of followTask(client, submitted));
    const requests = provider.requests.slice(from);
    return {
      ...submitted,
      asked: requests.map(({ model, headers, body }) => [
        model,
        headers.authorization,
        (body as { reasoning_effort?: string }).reasoning_effort,
      ]),
    };
  };
  const first = await run({ effort: "high" });
  expect(first.asked).toEqual([["small", "Bearer server-key-one", "high"]]);
  const { sessionId } = first;
  await client.session.update.mutate({ sessionId, effort: "low", model: "two:big" });
  expect((await run({ sessionId })).asked).toEqual([["big", undefined, "low"]]);
  expect((await run({ sessionId, effort: "max" })).asked).toEqual([["big", undefined, "max"]]);
  const { session } = await client.session.get.query({ sessionId });
  expect(session).toMatchObject({ effort: "low", model: "two:big" });

  // The fallback's.
  const broken = await run({ model: "one:broken" });
  expect(broken.asked.map(([model]) => model)).toEqual(["broken", "big"]);
  const notices = (await readLog(client, broken.sessionId)).filter(({ type }) => type === "notice");
  expect(notices.map(({ data }) => (data as { message: string }).message)).toEqual([
    "The provider rejected the API key (401). Set a valid ONE_KEY, then restart the server — continuing with two:big",
  ]);

  // Of this user alone.
  await client.model.setKey.mutate({ provider: "two", key: "my-own-key-two" });
  expect((await client.model.list.query()).providers[1]).toMatchObject({ name: "two", key: "own" });
  expect((await run({ model: "two:big" })).asked).toEqual([["big", "Bearer my-own-key-two", undefined]]);
  const bob = await addUser(server, "bob");
  expect((await bob.client.model.list.query()).providers[1]).toMatchObject({ name: "two", key: "none" });
  await client.model.removeKey.mutate({ provider: "two" });
  expect((await run({ model: "two:big" })).asked).toEqual([["big", undefined, undefined]]);
  await expect(client.model.setKey.mutate({ provider: "none", key: "k" })).rejects.toThrow(
    "No provider 'none' is configured here. There are: one, two",
  );
});
