import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { monotonicMicros } from "../monotonic-micros.ts";
import { FakeProviderProcess } from "./fake-provider-process.ts";
import { readTokenStamps } from "./token-stamp.ts";

test("answers by the prompt's lines, and its stamps are on our clock", async () => {
  await using provider = await FakeProviderProcess.start();
  const sentAtUs = monotonicMicros();
  const response = await fetch(`${provider.url}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "tokens: 3 @ 1000/s" }] }),
  });
  const { choices } = (await response.json()) as { choices: [{ message: { content: string } }] };
  const stamps = readTokenStamps(choices[0].message.content);
  expect(stamps.map(({ index }) => index)).toEqual([0, 1, 2]);
  for (const { emittedAtUs } of stamps) {
    expect(emittedAtUs).toBeGreaterThan(sentAtUs);
    expect(emittedAtUs).toBeLessThan(monotonicMicros());
  }
});

test("ends on SIGTERM while a client hangs on it", async () => {
  const provider = await FakeProviderProcess.start();
  const response = await fetch(`${provider.url}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "stall" }] }),
  });
  await provider.close();
  await expect(response.text()).rejects.toThrow();
  await expect(fetch(`${provider.url}/models`)).rejects.toThrow();
});

test("a port that is taken is an error with the process's own words", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  await expect(FakeProviderProcess.start({ port })).rejects.toThrow("EADDRINUSE");
  taken.close();
});
