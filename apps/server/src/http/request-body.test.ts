import { MAX_BODY_BYTES, MAX_PROMPT_LENGTH } from "@trunkline/contract";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpFixture, JSON_TYPE, LIST, openHttpFixture } from "./testing/http-fixture.ts";

let fixture: HttpFixture;
beforeAll(async () => {
  fixture = await openHttpFixture();
});
afterAll(async () => fixture[Symbol.asyncDispose]());

const PATH = "/trpc/session.create";
/** A valid input of exactly this many bytes. */
const padded = (bytes: number) => {
  const json = JSON.stringify({ title: "x" });
  return json + " ".repeat(bytes - json.length);
};

describe("body size", () => {
  it.each([
    ["declared", {}],
    ["chunked", { "transfer-encoding": "chunked" }],
  ])("is bounded where it is %s, to the byte", async (_name, headers) => {
    const fits = await fixture.sendAsOwner(PATH, {
      method: "POST",
      headers: { ...JSON_TYPE, ...headers },
      body: padded(MAX_BODY_BYTES),
    });
    expect(fits.status).toBe(200);
    const tooLarge = await fixture.sendAsOwner(PATH, {
      method: "POST",
      headers: { ...JSON_TYPE, ...headers },
      body: padded(MAX_BODY_BYTES + 1),
    });
    expect(tooLarge.status).toBe(413);
    expect(tooLarge.error().data).toMatchObject({ reason: "payload_too_large", httpStatus: 413 });
  });

  it("B12-control: takes the longest prompt, though JSON escapes each of its characters", async () => {
    const answer = await fixture.sendAsOwner("/trpc/task.submit", {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify({ prompt: "\u0001".repeat(MAX_PROMPT_LENGTH) }),
    });
    expect(answer.status).not.toBe(413);
  });

  it.each([PATH, "/api/sessions"])("is nested as deep as can be parsed in one go: %s", async (path) => {
    const post = (depth: number) =>
      fixture.sendAsOwner(path, {
        method: "POST",
        headers: JSON_TYPE,
        body: `{"title":${"[".repeat(depth)}"${"x".repeat(20_000)}"${"]".repeat(depth)}}`,
      });
    const says = async (depth: number) => JSON.stringify((await post(depth)).error());
    expect(await says(127)).not.toContain("levels deep");
    const refused = await post(500_000);
    expect(refused.status).toBe(400);
    expect(refused.error()).toMatchObject({
      message: "The body is nested more than 128 levels deep",
      data: { reason: "validation_failed" },
    });
  });

  it("is judged before it has come: an endless chunked body is cut off", async () => {
    const socket = connect(fixture.port, "127.0.0.1");
    socket.write(
      `POST ${PATH} HTTP/1.1\r\nHost: localhost:${fixture.port}\r\nAuthorization: Bearer ${fixture.token}\r\n` +
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    const answer = text(socket);
    let sent = 0;
    const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
    const push = (): void => {
      while (!socket.destroyed && socket.write(chunk)) sent += 0x10000;
    };
    socket.on("drain", push);
    // The server hangs up while we are still writing.
    socket.on("error", () => socket.destroy());
    push();
    expect(await answer.catch(() => "HTTP/1.1 413")).toMatch(/^HTTP\/1\.1 413/);
    expect(sent).toBeLessThan(128 * MAX_BODY_BYTES);
  });

  it("does not matter to who is unknown", async () => {
    const answer = await fixture.send(PATH, {
      method: "POST",
      headers: JSON_TYPE,
      body: padded(2 * MAX_BODY_BYTES),
    });
    expect(answer.status).toBe(401);
    expect((await fixture.send("/health")).status).toBe(200);
  });
});

describe("media type", () => {
  it.each(["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"])(
    "%s is taken",
    async (type) => {
      const answer = await fixture.sendAsOwner(PATH, {
        method: "POST",
        headers: { "content-type": type },
        body: "{}",
      });
      expect(answer.status).toBe(200);
    },
  );

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "text/plain; application/json",
    "application/jsonp",
    "",
    undefined,
  ])("%s is not", async (type) => {
    for (const path of [PATH, "/api/sign-in-codes"]) {
      const answer = await fixture.sendAsOwner(path, {
        method: "POST",
        headers: { "content-type": type },
        body: "{}",
      });
      expect(answer.status).toBe(415);
      expect(answer.error().data.reason).toBe("unsupported_media_type");
    }
  });
});

describe("text", () => {
  it.each([
    ["Latin-1", Buffer.from('{"title":"Gr\u00fc\u00dfe"}', "latin1")],
    ["UTF-16", Buffer.from('{"title":"x"}', "utf16le")],
    ["half a character", Buffer.from([...Buffer.from('{"title":"'), 0xe2, 0x82, ...Buffer.from('"}')])],
  ])("in %s is refused instead of changed", async (_name, body) => {
    for (const path of [PATH, "/api/sessions"]) {
      const answer = await fixture.sendAsOwner(path, { method: "POST", headers: JSON_TYPE, body });
      expect([answer.status, answer.error().data.reason]).toEqual([400, "validation_failed"]);
    }
  });

  it("may begin with a byte order mark", async () => {
    for (const [path, status] of [
      [PATH, 200],
      ["/api/sessions", 201],
    ] as const) {
      const answer = await fixture.sendAsOwner(path, {
        method: "POST",
        headers: JSON_TYPE,
        body: "\uFEFF{}",
      });
      expect(answer.status).toBe(status);
    }
  });
});

describe("content coding", () => {
  it.each(["gzip", "deflate", "br", "zstd", "GZIP", "gzip, identity"])(
    "%s is refused: what is read and stored is what was sent",
    async (coding) => {
      for (const path of [PATH, "/api/sessions", "/api/sessions/import", "/api/blobs"]) {
        const answer = await fixture.sendAsOwner(path, {
          method: "POST",
          headers: {
            "content-type": path === "/api/blobs" ? "application/octet-stream" : "application/json",
            "content-encoding": coding,
          },
          body: "{}",
        });
        expect([answer.status, answer.error().data.reason]).toEqual([415, "unsupported_media_type"]);
      }
    },
  );

  it("identity is taken", async () => {
    const answer = await fixture.sendAsOwner(PATH, {
      method: "POST",
      headers: { ...JSON_TYPE, "content-encoding": "identity" },
      body: "{}",
    });
    expect(answer.status).toBe(200);
  });
});

describe("method", () => {
  it.each(["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"])(
    "%s does not reach a procedure",
    async (method) => {
      const answer = await fixture.sendAsOwner(LIST, { method, headers: JSON_TYPE });
      expect(answer.status).toBe(405);
      expect(answer.headers["allow"]).toBe("GET, POST");
    },
  );

  it("cannot be overridden: a mutation takes POST alone", async () => {
    for (const headers of [{ "x-http-method-override": "POST" }, {}]) {
      const answer = await fixture.sendAsOwner(`${PATH}?input=%7B%7D`, { headers });
      expect(answer.status).toBe(405);
    }
    const query = await fixture.sendAsOwner(LIST, {
      method: "POST",
      headers: JSON_TYPE,
      body: "{}",
    });
    expect(query.status).toBe(405);
    expect(query.error().data).toMatchObject({ httpStatus: 405, reason: "validation_failed" });
  });
});
