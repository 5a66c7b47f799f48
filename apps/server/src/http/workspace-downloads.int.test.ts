import { execFile } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { createClient } from "@trunkline/client";
import { addUser, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";

const run = promisify(execFile);
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

let server: ServerFixture;
let session: { id: string; workspace: string };
let base: string;
beforeAll(async () => {
  server = await ServerFixture.start();
  session = await server.client.session.create.mutate({ title: "Fix: the « login » page" });
  base = `${server.url}/api/sessions/${session.id}`;
  await mkdir(join(session.workspace, "src"), { recursive: true });
  await writeFile(join(session.workspace, "src", "a b%.html"), "<script>alert(1)</script>");
  await writeFile(join(session.workspace, "żółw\r\n\u202e.txt"), "x");
  await symlink(server.dataDir, join(session.workspace, "out"));
});
afterAll(async () => server[Symbol.asyncDispose]());

const get = async (path: string, token = server.token) => fetch(`${base}/${path}`, bearer(token));
const reasonOf = async (response: Response) =>
  ((await response.json()) as { error: { data: { reason: string } } }).error.data.reason;

it("sends a file as an attachment that is no page", async () => {
  for (const path of ["files/src/a%20b%25.html", "files/src%2Fa%20b%25.html"]) {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe("<script>alert(1)</script>");
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-length": "25",
      "content-disposition": `attachment; filename="a b_.html"; filename*=UTF-8''a%20b%25.html`,
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-store",
    });
  }
});

it("gives a hostile name no way into the header or the name that is saved", async () => {
  const answer = await get(`files/${encodeURIComponent("żółw\r\n\u202e.txt")}`);
  expect(answer.headers.get("content-disposition")).toBe(
    `attachment; filename="___w___.txt"; filename*=UTF-8''${encodeURIComponent("żółw")}___.txt`,
  );
});

it("sends the workspace as an archive that tar unpacks", async () => {
  const answer = await get("archive");
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "application/gzip",
    "content-disposition": 'attachment; filename="fix-the-login-page.tar.gz"',
    "content-security-policy": "sandbox; default-src 'none'",
  });
  const file = join(server.dataDir, "archive.tar.gz");
  await writeFile(file, await answer.bytes());
  await run("tar", ["-xzf", file, "-C", server.dataDir]);
  const unpacked = join(server.dataDir, "fix-the-login-page", "src", "a b%.html");
  expect(await readFile(unpacked, "utf8")).toBe("<script>alert(1)</script>");
});

it.each([
  ["files/..%2F..%2Ftoken", 400, "validation_failed"],
  ["files/%2e%2e/%2e%2e/token", 400, "validation_failed"],
  ["files/out/token", 400, "validation_failed"],
  [`files/${encodeURIComponent("/etc/passwd")}`, 400, "validation_failed"],
  ["files/%00", 400, "validation_failed"],
  ["files/%ff", 400, "validation_failed"],
  ["files/src", 400, "validation_failed"],
  ["files/", 400, "validation_failed"],
  ["files/src/", 404, "not_found"],
  ["files/src/a%20b%25.html/", 404, "not_found"],
  ["files/src/a%20b%25.html%2F", 404, "not_found"],
  ["files/src/a%20b%25.html/x", 404, "not_found"],
  ["files/missing", 404, "not_found"],
  ["archive?git=yes", 400, "validation_failed"],
  ["archive?links=follow", 400, "validation_failed"],
])("refuses %s", async (path, status, reason) => {
  const answer = await get(path);
  expect([answer.status, await reasonOf(answer)]).toEqual([status, reason]);
});

it("is the owner's alone: for anybody else there is no such session", async () => {
  const other = await addUser(server, "mallory");
  for (const path of ["archive", "files/src%2Fa%20b%25.html", "files/missing", "files/..%2Ftoken"]) {
    const answer = await get(path, other.token);
    expect([answer.status, await reasonOf(answer)]).toEqual([404, "not_found"]);
  }
  const wrong = await fetch(`${base}/archive`, { method: "DELETE", ...bearer(server.token) });
  expect(wrong.status).toBe(405);
});

it("breaks off, visibly, when the token is revoked or the client leaves", async () => {
  // More than all buffers on the way hold, and not compressible.
  const noise = join(session.workspace, "noise");
  await run("dd", ["if=/dev/urandom", `of=${noise}`, "bs=1M", "count=64"]);
  const { token, secret } = await server.client.token.create.mutate({ name: "short", scope: "read" });
  const reading = createClient({ url: server.url, token: secret });
  await reading.user.me.query();
  const answer = await get("archive", secret);
  const reader = answer.body!.getReader();
  await reader.read();
  await server.client.token.revoke.mutate({ tokenId: token.id });
  const rest = (async () => {
    while (!(await reader.read()).done);
  })();
  await expect(rest).rejects.toThrow();

  const leave = new AbortController();
  const left = await fetch(`${base}/archive`, { ...bearer(server.token), signal: leave.signal });
  await left.body!.getReader().read();
  leave.abort();
  expect((await get("files/src%2Fa%20b%25.html")).status).toBe(200);
});

it("makes two archives of one user at a time: further ones wait, and nobody else's do", async () => {
  await run("dd", ["if=/dev/urandom", `of=${join(session.workspace, "more noise")}`, "bs=1M", "count=64"]);
  const other = await addUser(server, "patient");
  const { id } = await other.client.session.create.mutate({});
  const open = async () => {
    const leave = new AbortController();
    const answer = await fetch(`${base}/archive`, { ...bearer(server.token), signal: leave.signal });
    return { leave: () => leave.abort(), reader: answer.body!.getReader() };
  };
  // More than the buffers on the way hold: they are not read to their end.
  const first = [await open(), await open()];
  for (const { reader } of first) await reader.read();
  const third = await open();
  let hasBegun = false;
  const begun = third.reader.read().then(() => (hasBegun = true));
  // Long enough for the third to begin, if it did not wait.
  for (let round = 0; round < 20; round++) {
    const others = await fetch(`${server.url}/api/sessions/${id}/archive`, bearer(other.token));
    expect((await others.arrayBuffer()).byteLength).toBeGreaterThan(0);
  }
  expect(hasBegun).toBe(false);
  first[0]!.leave();
  await begun;
  first[1]!.leave();
  third.leave();
});
