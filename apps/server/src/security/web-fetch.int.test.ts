import { once } from "node:events";
import { createServer } from "node:http";
import { readLog, ServerFixture, waitFor } from "@trunkline/testkit";
import { expect, it } from "vitest";

async function run(server: ServerFixture, prompt: string) {
  const { taskId, sessionId } = await server.client.task.submit.mutate({ prompt });
  await waitFor(
    "the task",
    async () => (await server.client.task.get.query({ taskId })).state === "completed",
  );
  const log = await readLog(server.client, sessionId);
  return log.flatMap(({ type, data }) => (type === "tool.ended" ? [data] : []));
}

it("the server's own machine is out of web_fetch's reach, whatever the environment says", async () => {
  let requests = 0;
  const inner = createServer((_request, response) => {
    requests++;
    response.end("secret");
  }).listen(0, "127.0.0.1");
  await once(inner, "listening");
  const { port } = inner.address() as { port: number };
  // Proxy settings for other programs.
  const env = {
    HTTP_PROXY: `http://127.0.0.1:${port}`,
    NODE_USE_ENV_PROXY: "1",
    NO_PROXY: "",
    TRUNKLINE_ALLOWED_HOSTS: "127.0.0.1,localhost",
    TRUNKLINE_APPROVALS: "never",
  };
  await using server = await ServerFixture.start({ env });
  const places = ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"];
  const prompt = [
    ...places.map((place) => `fetch: http://${place}:${port}/`),
    "fetch: http://169.254.169.254/",
  ];
  const ended = await run(server, prompt.join("\n"));
  expect(ended).toHaveLength(places.length + 1);
  for (const data of ended) {
    expect(data).toMatchObject({
      status: "failed",
      output: expect.stringContaining("cannot be reached") as string,
    });
  }
  expect(requests).toBe(0);
  inner.close();
});

it("is there by default, and gone where it is turned off", async () => {
  await using server = await ServerFixture.start();
  const names = async () => (await server.client.server.info.query()).tools.map(({ name }) => name);
  expect(await names()).toContain("web_fetch");
  await server.restart({ env: { TRUNKLINE_WEB_FETCH: "off" } });
  expect(await names()).not.toContain("web_fetch");
  const [ended] = await run(server, "fetch: https://example.com");
  expect(ended).toMatchObject({
    status: "failed",
    output: expect.stringContaining("There is no tool") as string,
  });
});
