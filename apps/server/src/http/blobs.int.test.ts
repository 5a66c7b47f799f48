import { createHash } from "node:crypto";
import { MAX_BLOB_BYTES } from "@trunkline/contract";
import { Blob } from "@trunkline/contract/schemas";
import { ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";

const BYTES = { "content-type": "application/octet-stream" };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

let server: ServerFixture;
let blobs: string;
beforeAll(async () => {
  server = await ServerFixture.start();
  blobs = `${server.url}/api/blobs`;
});
afterAll(async () => server[Symbol.asyncDispose]());

async function upload(
  body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
  headers: Record<string, string> = {},
): Promise<Response> {
  const init = { method: "POST", headers: { ...BYTES, ...bearer(server.token), ...headers }, body };
  // Required for a streaming body.
  return fetch(blobs, { ...init, duplex: "half" });
}
const reasonOf = async (response: Response) =>
  ((await response.json()) as { error: { data: { reason: string } } }).error.data.reason;

it("takes a file as it is, and gives it back as an attachment that is no page", async () => {
  const text = "<script>alert(1)</script>";
  const created = await upload(text);
  expect(created.status).toBe(201);
  const blob = Blob.parse(await created.json());
  expect(blob).toMatchObject({
    sha256: createHash("sha256").update(text).digest("hex"),
    bytes: text.length,
    mediaType: "text/plain",
  });

  const url = `${blobs}/${blob.sha256}`;
  const got = await fetch(url, { headers: bearer(server.token) });
  expect(got.status).toBe(200);
  expect(await got.text()).toBe(text);
  expect(Object.fromEntries(got.headers)).toMatchObject({
    "content-type": "text/plain; charset=utf-8",
    "content-length": String(text.length),
    "content-disposition": "attachment",
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-cache",
  });
  const known = { ...bearer(server.token), "if-none-match": got.headers.get("etag") ?? "" };
  expect((await fetch(url, { headers: known })).status).toBe(304);
});

it("takes a file in chunks, and keeps it over a kill -9", async () => {
  const part = new Uint8Array(100_000).fill(7);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let index = 0; index < 20; index++) controller.enqueue(part);
      controller.close();
    },
  });
  const blob = Blob.parse(await (await upload(stream)).json());
  expect(blob).toMatchObject({ bytes: 2_000_000, mediaType: "application/octet-stream" });
  await server.kill();
  await server.restart();
  const got = await fetch(`${blobs}/${blob.sha256}`, { headers: bearer(server.token) });
  expect((await got.arrayBuffer()).byteLength).toBe(2_000_000);
});

it("says no to what is too large, whether it says so itself or not", async () => {
  const declared = await upload(new Uint8Array(MAX_BLOB_BYTES + 1));
  expect([declared.status, await reasonOf(declared)]).toEqual([413, "payload_too_large"]);
  const part = new Uint8Array(1_048_576);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += part.length;
      if (sent > 2 * MAX_BLOB_BYTES) controller.close();
      else controller.enqueue(part);
    },
  });
  const counted = await upload(endless);
  expect([counted.status, await reasonOf(counted)]).toEqual([413, "payload_too_large"]);
});

it("takes bytes alone: no form of another page can send them", async () => {
  for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/json"]) {
    const answer = await upload("x", { "content-type": type });
    expect([answer.status, await reasonOf(answer)]).toEqual([415, "unsupported_media_type"]);
  }
});

it("is its owner's alone, and takes the scope", async () => {
  const { sha256 } = Blob.parse(await (await upload("mine")).json());
  const { token: reader, secret: read } = await server.client.token.create.mutate({
    name: "read",
    scope: "read",
  });
  expect(reader.scopes).toEqual(["read"]);
  const got = async (id: string, headers: Record<string, string>) => fetch(`${blobs}/${id}`, { headers });
  expect((await got(sha256, bearer(read))).status).toBe(200);
  const refused = await upload("more", bearer(read));
  expect([refused.status, await reasonOf(refused)]).toEqual([403, "forbidden"]);
  expect((await got(sha256, {})).status).toBe(401);
  for (const id of ["0".repeat(64), "..%2f..%2ftoken", sha256.toUpperCase(), `${sha256}x`]) {
    const answer = await got(id, bearer(server.token));
    expect([answer.status, await reasonOf(answer)]).toEqual([404, "not_found"]);
  }
  const wrong = await fetch(`${blobs}/${sha256}`, { method: "DELETE", headers: bearer(server.token) });
  expect(wrong.status).toBe(405);
});
