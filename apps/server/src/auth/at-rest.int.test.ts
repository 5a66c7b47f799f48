import { once } from "node:events";
import { lstat, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import { browserHeaders, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let server: ServerFixture;
beforeAll(async () => {
  server = await ServerFixture.start();
});
afterAll(async () => server[Symbol.asyncDispose]());

/** Of everything below a directory, itself included. */
async function below(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true });
  return [directory, ...entries.map((entry) => join(directory, entry))];
}

/** A server that runs removes files of its own. */
function ifGone(error: NodeJS.ErrnoException): null {
  if (error.code !== "ENOENT") throw error;
  return null;
}

describe("the data directory", () => {
  it("is closed to others, and so is every file that the server keeps in it", async () => {
    const task = await server.client.task.submit.mutate({ prompt: "write notes.txt: hello" });
    for await (const { type } of followTask(server.client, task)) if (type === "task.completed") break;
    const workspaces = join(server.dataDir, "workspaces", "");
    const open: string[] = [];
    for (const path of await below(server.dataDir)) {
      // What tools write has the mode that they give it; nobody gets past the directory above.
      if (path.startsWith(workspaces)) continue;
      const stats = await lstat(path).catch(ifGone);
      if (stats === null) continue;
      if (path === server.dataDir || !stats.isDirectory()) {
        if ((stats.mode & 0o077) !== 0) open.push(`${path} ${(stats.mode & 0o777).toString(8)}`);
      }
    }
    expect(open).toEqual([]);
  });

  it("holds no secret but the local token, in its file alone", async () => {
    const { secret } = await server.client.token.create.mutate({ name: "canary" });
    const asked = await fetch(`${server.url}/api/sign-in-codes`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}` },
    });
    const { url } = (await asked.json()) as { url: string };
    const code = new URL(url).searchParams.get("code") ?? "";
    const signedIn = await browserHeaders(await fetch(url, { redirect: "manual" }));
    const browser = /=(tl_[\w-]{43})/.exec(signedIn["cookie"] ?? "")?.[1] ?? "";
    // Its random part: the user's id follows, which is no secret.
    const pageKey = (signedIn["x-trunkline-page-key"] ?? "").slice(0, 43);
    const canaries = [secret, code, browser, server.token, pageKey];
    expect(canaries.map((canary) => canary.length)).toEqual([46, 43, 46, 46, 43]);
    await server.stop();

    const found: string[] = [];
    for (const path of await below(server.dataDir)) {
      if (!(await lstat(path)).isFile()) continue;
      const bytes = await readFile(path);
      for (const canary of canaries) if (bytes.includes(canary)) found.push(path);
    }
    expect(found).toEqual([join(server.dataDir, "token")]);
    expect(canaries.filter((canary) => server.logs.includes(canary))).toEqual([]);
    await server.restart();
  });
});

describe("what is listened on", () => {
  it("is 127.0.0.1 and no other address of this machine", async () => {
    const { port } = new URL(server.url);
    const reached = async (host: string) => {
      const socket = connect(Number(port), host);
      const [outcome] = (await Promise.race([
        once(socket, "connect").then(() => ["connected"]),
        once(socket, "error"),
      ]).catch((error: unknown) => [error])) as [unknown];
      socket.destroy();
      return outcome === "connected";
    };
    expect(await reached("127.0.0.1")).toBe(true);
    // Also an address of the loopback interface, which every Linux machine has.
    expect(await reached("127.0.0.2")).toBe(false);
  });

  it.each(["0.0.0.0", "127.0.0.1", "::"])("is nothing on %s without authentication", async (host) => {
    const dataDir = await mkdtemp(join(tmpdir(), "trunkline-open-"));
    const starting = ServerFixture.start({ dataDir, env: { TRUNKLINE_HOST: host, TRUNKLINE_AUTH: "off" } });
    await expect(starting).rejects.toThrow(/\(code 1,[\s\S]*TRUNKLINE_AUTH takes on, not 'off'/);
    expect(await readdir(dataDir)).toEqual([]);
    await rm(dataDir, { recursive: true });
  });

  it("asks who somebody is, and for which server, on every address as well", async () => {
    await using open = await ServerFixture.start({ env: { TRUNKLINE_HOST: "0.0.0.0" } });
    const { port } = new URL(open.url);
    expect((await fetch(`${open.url}/api/me`)).status).toBe(401);
    expect((await fetch(`http://127.0.0.2:${port}/health`)).status).toBe(421);
    expect((await open.client.user.me.query()).name).toBe("local");
  });
});
