import dns from "node:dns";
import { once } from "node:events";
import { createServer, get } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { afterEach, expect, it, vi } from "vitest";
import { type Lookup, sharedLookup, shareLookups } from "./shared-lookups.ts";

const { lookup: original } = dns;
afterEach(() => {
  Object.assign(dns, { lookup: original });
  syncBuiltinESMExports();
});

it("a name that hangs is looked up once, whatever asks, and the answer is everybody's", async () => {
  await using site = createServer((_, response) => response.end("found")).listen(0, "127.0.0.1");
  await once(site, "listening");
  const address = site.address();
  const port = typeof address === "object" ? address?.port : 0;
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  shareLookups((host, options, callback) => {
    asked.push(host);
    answers.push(() => callback(null, [{ address: "127.0.0.1", family: 4 }]));
    expect(options.all).toBe(true);
  });
  const overHttp = async (): Promise<number | undefined> =>
    new Promise((resolve, reject) =>
      get(`http://slow.example:${port}/`, (response) => resolve(response.resume().statusCode)).on(
        "error",
        reject,
      ),
    );
  const overFetch = async (): Promise<number> => (await fetch(`http://slow.example:${port}/`)).status;
  const all = Promise.all([...Array.from({ length: 5 }, overHttp), ...Array.from({ length: 5 }, overFetch)]);
  await vi.waitFor(() => expect(asked).not.toEqual([]), 60_000);
  expect((await fetch(`http://localhost:${port}/`)).status).toBe(200);
  for (const answer of answers) answer();
  expect(await all).toEqual(Array.from({ length: 10 }, () => 200));
  expect(asked).toEqual(["slow.example"]);
});

it("names, families and answers of one kind are not another's, and the next time is asked anew", () => {
  const asked: unknown[] = [];
  const answers: (() => void)[] = [];
  const lookup = sharedLookup((host, options, callback) => {
    asked.push([host, options.family ?? 0, options.all ?? false]);
    answers.push(() => callback(null, host, 4));
  });
  const heard: unknown[] = [];
  const ask = (host: string, options: Parameters<Lookup>[1]): void =>
    lookup(host, options, (_, address) => void heard.push(address));
  ask("a.example", {});
  ask("A.example", {});
  ask("a.example", { family: 6 });
  ask("a.example", { all: true });
  ask("b.example", {});
  ask("192.0.2.1", {});
  expect(asked).toHaveLength(5);
  for (const answer of answers.splice(0)) answer();
  expect(heard).toEqual(["a.example", "a.example", "a.example", "a.example", "b.example", "192.0.2.1"]);
  ask("a.example", {});
  expect(asked).toHaveLength(6);
});
