import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { ServerFixture } from "./server-fixture.ts";

const main = fileURLToPath(new URL("testing/stand-in-server.ts", import.meta.url));

test("what the server announces is there, and gone in the end", async () => {
  let dataDir: string;
  let url: string;
  {
    await using server = await ServerFixture.start({ main });
    ({ dataDir, url } = server);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(server.token).toMatch(/^[0-9a-f-]{36}$/);
    expect(server.signInUrl).toContain(`${url}/sign-in?code=`);
    expect(server.readyMs).toBeGreaterThan(0);
    expect(server.isRunning).toBe(true);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  }
  expect(existsSync(dataDir)).toBe(false);
  await expect(fetch(url)).rejects.toThrow();
});

test("stop, kill and restart keep data, port and token", async () => {
  await using server = await ServerFixture.start({ main });
  const { url, token, signInUrl, pid } = server;
  expect(await server.stop()).toBe(0);
  expect(server.isRunning).toBe(false);
  await server.restart();
  expect({ url: server.url, token: server.token }).toEqual({ url, token });
  expect(server.pid).not.toBe(pid);
  expect(server.signInUrl).not.toBe(signInUrl);

  await server.kill();
  expect((await server.exited()).signal).toBe("SIGKILL");
  await expect(fetch(url)).rejects.toThrow();
  await server.restart();
  await server.restart();
  expect(server.url).toBe(url);
  expect(server.logs.match(/shutting down/g)).toHaveLength(2);
  expect(server.logs.match(/Sign in/g)).toHaveLength(4);
});

test("the server sees its own environment and nothing of ours", async () => {
  vi.stubEnv("OPENAI_API_KEY", "a developer's");
  await using server = await ServerFixture.start({ main, env: { TRUNKLINE_MODEL: "demo" } });
  const { env } = (await (await fetch(`${server.url}/env`)).json()) as { env: string[] };
  expect(env).toEqual(
    expect.arrayContaining(["PATH", "TRUNKLINE_DATA_DIR", "TRUNKLINE_MODEL", "TRUNKLINE_WEB"]),
  );
  expect(env).not.toContain("OPENAI_API_KEY");
});

test("a server that refuses to start is an error with its own words", async () => {
  await expect(ServerFixture.start({ main, env: { STAND_IN: "broken" } })).rejects.toThrow(/locked by pid 1/);
});

test("a data directory that was given stays", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "testkit-kept-"));
  await (await ServerFixture.start({ main, dataDir }))[Symbol.asyncDispose]();
  expect(existsSync(join(dataDir, "token"))).toBe(true);
  await rm(dataDir, { recursive: true });
});
