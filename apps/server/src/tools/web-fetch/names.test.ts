import { once } from "node:events";
import { createSocket, type Socket } from "node:dgram";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { FetchSlots } from "./fetch-slots.ts";
import { resolveName } from "../../network/resolve-name.ts";
import { always, fetchWith, testRoute, WebSite } from "./testing/web-site.ts";

/** A name server that answers for names starting with `known` and ignores all others. */
class NameServer implements AsyncDisposable {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async start(): Promise<NameServer> {
    const socket = createSocket("udp4");
    socket.on("message", (question, { port, address }) => {
      if (question.subarray(13, 18).toString() !== "known") return;
      const isV4 = question.readUInt16BE(question.indexOf(0, 12) + 1) === 1;
      const end = question.indexOf(0, 12) + 5;
      const header = Buffer.from([
        question[0] ?? 0,
        question[1] ?? 0,
        0x81,
        0x80,
        0,
        1,
        0,
        isV4 ? 1 : 0,
        0,
        0,
        0,
        0,
      ]);
      const answer = isV4
        ? Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 93, 184, 215, 14])
        : Buffer.alloc(0);
      socket.send(Buffer.concat([header, question.subarray(12, end), answer]), port, address);
    });
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new NameServer(socket);
  }

  get servers(): string[] {
    return [`127.0.0.1:${this.#socket.address().port}`];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }
}

describe("H9: names that nobody answers for", () => {
  const { signal } = new AbortController();

  it("are given up, and hold neither other names nor what needs a thread", async () => {
    await using server = await NameServer.start();
    const { servers } = server;
    const done = new AbortController();
    const silent = Array.from({ length: 30 }, async (_, index) =>
      resolveName(`silent${index}.example`, done.signal, { servers, timeoutMs: 600_000 }),
    );
    const ends = Promise.allSettled(silent);
    expect(await resolveName("known.example", signal, { servers })).toEqual([
      { address: "93.184.215.14", family: 4 },
    ]);
    await readFile(import.meta.filename);
    done.abort(new Error("canceled"));
    for (const end of await ends) expect(end).toMatchObject({ reason: { message: "canceled" } });
    await expect(
      resolveName("silent.example", signal, { servers, timeoutMs: 300, attempts: 1 }),
    ).rejects.toThrow("silent.example: the name servers do not answer");
  });

  it("are left at once when the fetch is canceled", async () => {
    await using server = await NameServer.start();
    const controller = new AbortController();
    const resolving = resolveName("silent.example", controller.signal, {
      servers: server.servers,
      timeoutMs: 600_000,
    });
    controller.abort(new Error("canceled"));
    await expect(resolving).rejects.toThrow("canceled");
  });

  it("names of this machine are asked of nobody", async () => {
    expect(await resolveName("x.localhost", signal, { servers: ["127.0.0.1:9"] })).toEqual([
      { address: "127.0.0.1", family: 4 },
    ]);
  });
});

describe("H9: pages that are fetched at once", () => {
  const user = (ownerId: string, sessionId = ownerId) => ({ ownerId, sessionId });
  const { signal } = new AbortController();

  it("are so many of a session, of an owner and in all; others go on", async () => {
    const slots = new FetchSlots({ session: 1, owner: 2, total: 3 });
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const fetch = (name: string, by: { ownerId: string; sessionId: string }): Promise<void> =>
      slots.use(by, signal, () => {
        begun.push(name);
        return new Promise((resolve) => ends.set(name, resolve));
      });
    const all = [
      fetch("a1", user("a", "s1")),
      fetch("a1 again", user("a", "s1")),
      fetch("a2", user("a", "s2")),
      fetch("a3", user("a", "s3")),
      fetch("b", user("b")),
      fetch("c", user("c")),
    ];
    const end = async (name: string): Promise<void> => {
      ends.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
    };
    await end("nothing");
    expect(begun).toEqual(["a1", "a2", "b"]);
    await end("b");
    expect(begun).toEqual(["a1", "a2", "b", "c"]);
    await end("a2");
    expect(begun.slice(4)).toEqual(["a3"]);
    for (const name of ["a1", "a3", "c", "a1 again"]) await end(name);
    await Promise.all(all);
    expect(begun).toHaveLength(6);
  });

  it("leave a slot when they fail, and do not wait for one once they are canceled", async () => {
    const slots = new FetchSlots({ session: 1, owner: 1, total: 1 });
    const route = testRoute();
    await expect(fetchWith({ route, slots }, { url: "http://none.example/" })).rejects.toThrow(
      "no such host",
    );
    await using silent = await WebSite.start(() => undefined);
    const first = new AbortController();
    const holding = fetchWith({ route, slots, signal: first.signal }, { url: silent.url() });
    const second = new AbortController();
    const waiting = fetchWith({ route, slots, signal: second.signal }, { url: silent.url() });
    second.abort(new Error("canceled"));
    await expect(waiting).rejects.toThrow("canceled");
    first.abort(new Error("canceled"));
    await expect(holding).rejects.toThrow("canceled");
    await using site = await WebSite.start(always("fine"));
    expect((await fetchWith({ route, slots }, { url: site.url() })).output).toContain("fine");
  });
});

it("K9: pieces of a page end between characters, whatever the offset", async () => {
  await using site = await WebSite.start(
    always("😀".repeat(60_000), { "content-type": "text/plain; charset=utf-8" }),
  );
  const outputs = await Promise.all(
    [0, 1, 49_999, 50_001].map(
      async (offset) => (await fetchWith({ route: testRoute() }, { url: site.url(), offset })).output,
    ),
  );
  expect(outputs.every((output) => output.isWellFormed())).toBe(true);
});
