import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createDeflate } from "node:zlib";
import { expect, test } from "vitest";
import { commitFiles, git, makeRepository } from "../git/testing/repositories.ts";
import { openSources } from "./testing/open-sources.ts";

const MIB = 1_048_576;
const TIP = "1".repeat(40);

interface Remote extends AsyncDisposable {
  url: string;
}

async function serve(answer: (path: string, response: ServerResponse) => Promise<void>): Promise<Remote> {
  const server = createServer((request, response) => {
    request.resume();
    // Whoever is told to stop has gone by then.
    answer(request.url ?? "/", response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/r`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function write(response: ServerResponse, bytes: Uint8Array | string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  response.write(bytes, (error) => (error ? reject(error) : resolve()));
  await promise;
}

/** A line of git's protocol (gitprotocol-common(5)). */
const line = (text: string): string => (text.length + 4).toString(16).padStart(4, "0") + text;

/** What a host says of its branches, without the end. */
async function advertise(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" });
  const head = `${TIP} HEAD\0symref=HEAD:refs/heads/main side-band-64k ofs-delta\n`;
  await write(response, `${line("# service=git-upload-pack\n")}0000${line(head)}`);
}

test("a host that serves plain files is fetched from, whole, again and again", async () => {
  await using opened = await openSources();
  const source = join(opened.root, "a");
  const first = await makeRepository(source, { "a.txt": "a\n" });
  await git(source, "update-server-info");
  await using remote = await serve(async (path, response) => {
    const file = join(source, ".git", path.replace(/^\/r\//, "").replace(/\?.*/, ""));
    response.end(await readFile(file));
  });
  const { id } = await opened.project({ kind: "git", url: remote.url });
  expect(await opened.fetch(id)).toMatchObject({ commit: first });
  const second = await commitFiles(source, "second", { "b.txt": "b\n" });
  await git(source, "update-server-info");
  const base = await opened.fetch(id);
  expect(base).toMatchObject({ commit: second });
  await git(base.mirror, "fsck", "--strict");
});

test("an object without end is held to the limit of a fetch, however it comes", async () => {
  await using opened = await openSources({ limits: { timeMs: 60_000, bytes: 4 * MIB } });
  await using remote = await serve(async (path, response) => {
    if (path.includes("/info/refs")) return void response.end(`${TIP}\trefs/heads/main\n`);
    if (path.endsWith("/HEAD")) return void response.end("ref: refs/heads/main\n");
    if (!path.endsWith(`/objects/${TIP.slice(0, 2)}/${TIP.slice(2)}`))
      return void response.writeHead(404).end();
    const object = createDeflate({ level: 0 });
    object.pipe(response);
    response.once("close", () => object.destroy());
    object.write(`blob ${100_000 * MIB}\0`);
    const piece = Buffer.alloc(MIB);
    while (!object.destroyed) if (!object.write(piece)) await once(object, "drain");
  });
  const { id } = await opened.project({ kind: "git", url: remote.url });
  await expect(opened.fetch(id)).rejects.toMatchObject({
    reason: "project_unreachable",
    message: expect.stringContaining("it brings more than 4 MiB"),
  });
});

test("a commit of many gigabytes, which takes little on the way, gets no memory", async () => {
  await using opened = await openSources();
  await using remote = await serve(async (path, response) => {
    if (path.includes("/info/refs")) {
      await advertise(response);
      response.end(`${line(`${TIP} refs/heads/main\n`)}0000`);
      return;
    }
    response.writeHead(200, { "content-type": "application/x-git-upload-pack-result" });
    // A pack of one commit (gitformat-pack(5)): its type and size, of which each byte after the first has seven bits.
    let size = 60_000 * MIB;
    const bytes = [0x90 | (size & 15)];
    for (size = Math.floor(size / 16); size > 127; size = Math.floor(size / 128))
      bytes.push(0x80 | (size % 128));
    const pack = Buffer.from([...Buffer.from("PACK\0\0\0\x02\0\0\0\x01"), ...bytes, size]);
    await write(response, line("NAK\n"));
    const piece = (part: Uint8Array) =>
      Buffer.concat([Buffer.from((part.length + 5).toString(16).padStart(4, "0")), Buffer.from([1]), part]);
    await write(response, piece(pack));
    // Never ends: git has to give up by itself.
    for (;;) await write(response, piece(Buffer.alloc(1_024)));
  });
  const { id } = await opened.project({ kind: "git", url: remote.url });
  await expect(opened.fetch(id)).rejects.toMatchObject({
    reason: "project_unreachable",
    message: expect.stringContaining("needs more memory for this repository than it may have"),
  });
});

test("a list of branches without end is refused before it takes the memory of all", async () => {
  await using opened = await openSources();
  let sent = 0;
  await using remote = await serve(async (_path, response) => {
    await advertise(response);
    for (let count = 0; ; count += 1_000) {
      const names = Array.from(
        { length: 1_000 },
        (_, index) => `refs/heads/${count + index}${"x".repeat(900)}`,
      );
      const piece = names.map((name) => line(`${TIP} ${name}\n`)).join("");
      await write(response, piece);
      sent += piece.length;
    }
  });
  const { id } = await opened.project({ kind: "git", url: remote.url });
  await expect(opened.fetch(id)).rejects.toMatchObject({
    reason: "project_unreachable",
    message: expect.stringContaining("its list of branches and tags is longer than 8 MiB"),
  });
  expect(sent).toBeLessThan(1_024 * MIB);
});
