import { readdir, readlink } from "node:fs/promises";
import { connect } from "node:net";
import { followTask } from "@trunkline/client";
import { ServerFixture, waitFor } from "@trunkline/testkit";
import { expect, it } from "vitest";

const BYTES = 8_000_000;
const TIMES = 60;

/** Node ends a process over a file that garbage collection finds open. */
it("downloads that clients leave at once, or in the middle, leave no file open", async () => {
  await using server = await ServerFixture.start();
  const authorization = `Bearer ${server.token}`;
  const { hostname, port, host } = new URL(server.url);
  const task = await server.client.task.submit.mutate({ prompt: `run: head -c ${BYTES} /dev/zero > big` });
  for await (const _event of followTask(server.client, task));
  const uploaded = await fetch(`${server.url}/api/blobs`, {
    method: "POST",
    headers: { authorization, "content-type": "application/octet-stream" },
    body: Buffer.alloc(BYTES),
  });
  const { sha256 } = (await uploaded.json()) as { sha256: string };
  const paths = [`/api/blobs/${sha256}`, `/api/sessions/${task.sessionId}/files/big`];

  /** @param leavesAfter how many turns of the event loop after its request; null: once it has a piece of the answer */
  const leave = async (path: string, leavesAfter: number | null): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = connect(Number(port), hostname);
    socket.once("close", () => resolve()).on("error", () => undefined);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\n\r\n`);
    if (leavesAfter === null) {
      socket.once("data", () => socket.destroy());
    } else {
      await Promise.race([promise, new Promise((connected) => socket.once("connect", connected))]);
      for (let turns = leavesAfter; turns > 0; turns--) await new Promise(setImmediate);
      socket.destroy();
    }
    await promise;
  };
  for (const path of paths) {
    for (let time = 0; time < TIMES; time++) await leave(path, time % 10 === 0 ? null : time * 4);
  }

  const openFiles = async (): Promise<string[]> => {
    const descriptors = `/proc/${server.pid}/fd`;
    const files = await Promise.all(
      (await readdir(descriptors)).map(async (name) => readlink(`${descriptors}/${name}`).catch(() => "")),
    );
    return files.filter((file) => file.includes(sha256) || file.endsWith("/big"));
  };
  await waitFor("all files to be closed", async () => (await openFiles()).length === 0);
  // By closing them: what garbage collection closes ends the process.
  const whole = await fetch(`${server.url}${paths[1]}`, { headers: { authorization } });
  expect((await whole.arrayBuffer()).byteLength).toBe(BYTES);
  expect(server.logs).not.toContain("closed during garbage collection");
});
