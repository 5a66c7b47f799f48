import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { newBrowserSecret, newSecret } from "../auth/secret.ts";
import { revokeTokens } from "../auth/testing/auth-fixture.ts";
import { EventLoopTurns } from "../turns/event-loop-turns.ts";
import { KnownCallers } from "./known-callers.ts";
import { LIST, openHttpFixture } from "./testing/http-fixture.ts";

/** Turns that are taken when the test says so. */
class HeldTurns extends EventLoopTurns {
  readonly waiting: { caller: string; work: () => void }[] = [];
  isHeld = false;

  override answer(caller: string, work: () => void): void {
    if (this.isHeld) this.waiting.push({ caller, work });
    else super.answer(caller, work);
  }

  next(): void {
    this.waiting.shift()?.work();
  }
}

describe("a caller", () => {
  const requestOf = (headers: object, address = "203.0.113.9") =>
    ({ headers, address }) as unknown as IncomingMessage;
  const open = () =>
    new KnownCallers({ addressOf: (incoming) => (incoming as never as { address: string }).address });

  it("is the user who was let in with the same secret, whatever else is sent along", () => {
    const callers = open();
    const token = newSecret();
    const { cookieSecret: cookie } = newBrowserSecret("a");
    expect(callers.callerOf(requestOf({ authorization: `Bearer ${token}` }))).toBe("network 203.0.113.9");
    callers.note({ authorization: `Bearer ${token}`, cookie: undefined }, "a");
    callers.note({ authorization: undefined, cookie }, "a");
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { authorization: `bearer   ${token}` },
      { authorization: `Bearer ${token}`, cookie: `trunkline_1=${newSecret()}` },
      { cookie: `trunkline_1=${cookie}` },
      { cookie: `a=1; trunkline_2=${newBrowserSecret("b").cookieSecret}; trunkline_1=${cookie}` },
    ])
      expect(callers.callerOf(requestOf(headers))).toBe("user a");
  });

  it("is the network for everybody else, whatever they send", () => {
    const callers = open();
    const of = (headers: object, address?: string) => callers.callerOf(requestOf(headers, address));
    const seen = new Set<string>();
    for (let times = 0; times < 100; times++) {
      seen.add(of({ authorization: `Bearer ${newSecret()}` }));
      seen.add(of({ cookie: `a=${times}` }));
    }
    expect([...seen]).toEqual(["network 203.0.113.9"]);
    expect(of({}, "2001:db8:1:2::3")).toBe(of({}, "2001:db8:1:2:ffff::4"));
  });

  it("is forgotten once the secret does not hold, and where others were seen since", () => {
    const callers = open();
    const [revoked, old] = [newSecret(), newSecret()].map((secret) => ({
      authorization: `Bearer ${secret}`,
      cookie: undefined,
    }));
    callers.note(revoked!, "a");
    callers.forget(revoked!);
    callers.note(old!, "a");
    for (let times = 0; times < 10_000; times++)
      callers.note({ authorization: `Bearer ${newSecret()}`, cookie: undefined }, "b");
    for (const headers of [revoked!, old!])
      expect(callers.callerOf(requestOf(headers))).toBe("network 203.0.113.9");
  });
});

describe("turns", () => {
  it("are a user's, or the network's of who is not let in", async () => {
    const turns = new HeldTurns();
    const asked: string[] = [];
    const answer = turns.answer.bind(turns);
    turns.answer = (caller, work) => {
      asked.push(caller);
      answer(caller, work);
    };
    await using fixture = await openHttpFixture({ turns });
    for (const cookie of ["a=1", "a=2"]) await fixture.sendAsOwner(LIST, { headers: { cookie } });
    await fixture.send(LIST, { headers: { authorization: `Bearer ${newSecret()}` } });
    await revokeTokens(fixture.auth.store, fixture.auth.clock.now, "api");
    fixture.auth.auth.tokensRevoked();
    for (let times = 0; times < 2; times++) await fixture.sendAsOwner(LIST);
    const network = "network 127.0.0.1";
    const user = expect.stringMatching(/^user ./) as string;
    expect(asked).toEqual([network, user, network, user, network]);
  });

  it("are taken by each call of a batch: what is asked meanwhile does not wait for all of them", async () => {
    const turns = new HeldTurns();
    await using fixture = await openHttpFixture({ turns });
    await fixture.sendAsOwner(LIST);
    const { listedBy } = fixture.services;
    const before = listedBy.length;
    turns.isHeld = true;
    const calls = Array.from({ length: 20 }, (_, index) => index);
    const inputs = encodeURIComponent(JSON.stringify(Object.fromEntries(calls.map((index) => [index, {}]))));
    const batch = fixture.sendAsOwner(
      `/trpc/${calls.map(() => "session.list").join(",")}?batch=1&input=${inputs}`,
    );
    await expect.poll(() => turns.waiting.length).toBe(1);
    turns.next();
    await expect.poll(() => turns.waiting.length).toBe(20);
    expect(listedBy.length - before).toBe(0);
    expect(new Set(turns.waiting.map(({ caller }) => caller)).size).toBe(1);
    for (let done = 1; done <= 20; done++) {
      turns.next();
      await expect.poll(() => listedBy.length - before).toBe(done);
    }
    expect((await batch).json()).toHaveLength(20);
  });
});
