import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";
import { writeNewFile } from "./write-new-file.ts";

const ID = "01a22c85-4c4f-7770-be5c-322f293b2280";
const BEGINNING = '{"format":"trunkline.session","version":1,"events":[';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "trunkline-interrupted-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

it.each<[string, NodeJS.Signals, string[], string]>([
  ["export", "SIGINT", ["export", ID, "-o"], "application/json"],
  ["export", "SIGTERM", ["export", ID, "-o"], "application/json"],
  ["files", "SIGINT", ["files", ID, "a.txt", "-o"], "application/octet-stream"],
])("%s leaves nothing behind when %s comes in its middle", async (_, signal, args, type) => {
  const asked = Promise.withResolvers<ServerResponse>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": type }).write(BEGINNING);
    asked.resolve(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(directory, "whole.json");
    await using cli = new CliProcess([...args, file, "--url", url], { TRUNKLINE_TOKEN: "t" });
    await asked.promise;
    await expect.poll(() => contents(), { timeout: 20_000 }).toContain(BEGINNING);
    expect(readdirSync(directory)).not.toContain("whole.json");
    cli.signal(signal);
    await cli.ended();
    expect(readdirSync(directory)).toEqual([]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

/** Of all files there. */
const contents = (): string =>
  readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), "utf8"))
    .join("");

it("replaces no file, not even one that is made meanwhile", async () => {
  const file = join(directory, "taken.json");
  const meanwhile = async function* (): AsyncGenerator<string> {
    yield "new";
    writeFileSync(file, "theirs");
  };
  await expect(writeNewFile(file, meanwhile())).rejects.toThrow(`Can't write ${file}: it exists already.`);
  await expect(writeNewFile(file, meanwhile())).rejects.toThrow(`Can't write ${file}: it exists already.`);
  expect(readdirSync(directory)).toEqual(["taken.json"]);
  expect(contents()).toBe("theirs");
});
