import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { checkModelServers } from "./check-model-servers.ts";
import { unknownModel } from "./testing/unknown-model.ts";

/** A server on this machine that gives this answer to everything. */
async function listening(answer: string, status = 200) {
  const server = createServer((_request, response) => response.writeHead(status).end(answer)).listen(
    0,
    "127.0.0.1",
  );
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() };
}

const list = (...models: object[]): string => JSON.stringify({ object: "list", data: models });
const isOllama = () => true;
const isLlama = ({ owned_by: owner }: { owned_by?: unknown }): boolean => owner === "llamacpp";

it("tells what runs on this machine, with its models and how to use it", async () => {
  using ollama = await listening(list(...["a", "b", "c", "d", "e", "f"].map((id) => ({ id }))));
  using llama = await listening(list({ id: "qwen3.gguf", owned_by: "llamacpp" }));
  const used = {
    models: [unknownModel("local", "qwen3.gguf")],
    providers: [{ name: "local", kind: "openai-compatible", key: "none" as const, isReachable: true }],
  };
  const servers = [
    { name: "Ollama", url: ollama.url, isIts: isOllama },
    { name: "llama.cpp", url: llama.url, isIts: isLlama },
  ];
  expect(await checkModelServers(used, servers)).toEqual([
    {
      check: "model server",
      level: "ok",
      message: `Ollama at ${ollama.url}: a, b, c, d, e and 1 more. To use it, start the server with OPENAI_BASE_URL=${ollama.url}/v1, or add it to providers`,
    },
    { check: "model server", level: "ok", message: `llama.cpp at ${llama.url}: qwen3.gguf` },
  ]);
});

it.each([
  ["another program's page", "<html>"],
  ["another list", '{"items":[]}'],
  ["a list of another server", list({ id: "m", owned_by: "somebody" })],
  ["an empty list of who knows whom", list()],
])("is not misled by %s", async (_name, answer) => {
  using server = await listening(answer);
  expect(await checkModelServers(null, [{ name: "llama.cpp", url: server.url, isIts: isLlama }])).toEqual([]);
});

it("says nothing where nothing listens", async () => {
  using gone = await listening("", 500);
  expect(await checkModelServers(null, [{ name: "Ollama", url: gone.url, isIts: isOllama }])).toEqual([]);
  expect(
    await checkModelServers(null, [{ name: "Ollama", url: "http://127.0.0.1:1", isIts: isOllama }]),
  ).toEqual([]);
});
