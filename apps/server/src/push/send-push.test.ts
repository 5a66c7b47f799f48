import { createECDH, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { connect as connectSecurely } from "node:tls";
import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { publicAddressesOnly } from "../network/address-policy.ts";
import { connectBy } from "../network/connect.ts";
import type { Connect } from "../network/port.ts";
import type { PushNotification } from "./port.ts";
import { createSendPush } from "./send-push.ts";
import { checkVapid } from "./testing/decrypt.ts";
import { hang, PushServiceStandIn, status } from "./testing/push-service.ts";

const NOW = Date.parse("2026-11-29T12:00:00Z");
const { signal } = new AbortController();
const pair = createECDH("prime256v1");
const publicKey = pair.generateKeys("base64url");
const keys = async () => ({ publicKey, privateKey: pair.getPrivateKey("base64url") });
const notification: PushNotification = {
  message: { kind: "approval", sessionId: "s1", title: "Fix the tests" },
  isUrgent: true,
  lifetimeMs: 90_000,
};

let service: PushServiceStandIn;
let trusting: Connect;
beforeAll(async () => {
  service = await PushServiceStandIn.start();
  const ca = await readFile(service.certificate);
  trusting = async (url, aborted) => {
    const socket = connectSecurely({
      host: "127.0.0.1",
      port: Number(url.port),
      servername: url.hostname,
      ca,
    });
    await once(socket, "secureConnect", { signal: aborted });
    return socket;
  };
});
afterAll(async () => service[Symbol.asyncDispose]());

const sender = (timeoutMs = 60_000) =>
  createSendPush({ connect: trusting, keys, contact: "mailto:ops@example.com", now: () => NOW, timeoutMs });

it("encrypts for the browser alone, signs for its push service, and says how urgent and about what it is", async () => {
  const device = service.subscribe();
  expect(await sender()(device, notification, signal)).toEqual({ type: "delivered" });
  await sender()(device, { ...notification, isUrgent: false }, signal);
  const other = { ...notification, message: { ...notification.message, sessionId: "s2" } };
  await sender()(device, other, signal);
  const [first, second, third] = service.received(device);
  expect(first?.message).toEqual(notification.message);
  expect(first?.headers).toMatchObject({
    "content-encoding": "aes128gcm",
    ttl: "90",
    urgency: "high",
  });
  expect(second?.headers["urgency"]).toBe("normal");
  // One session, one topic; and no id in it.
  expect(first?.headers["topic"]).toMatch(/^[\w-]{32}$/);
  expect(second?.headers["topic"]).toBe(first?.headers["topic"]);
  expect(third?.headers["topic"]).not.toBe(first?.headers["topic"]);
  // Nothing can be told from the length.
  expect(new Set([first, second, third].map((each) => each?.body.length)).size).toBe(1);
  const claims = checkVapid(first?.headers.authorization, publicKey);
  expect(claims).toMatchObject({ aud: `https://${service.host}`, sub: "mailto:ops@example.com" });
  expect(claims.exp * 1_000).toBeLessThan(Date.now() + 24 * 3_600_000);
});

it.each([
  ["404", status(404), { type: "gone" }],
  ["410", status(410), { type: "gone" }],
  ["400", status(400), { type: "refused" }],
  ["413", status(413), { type: "refused" }],
  [
    "a redirect, which is not followed",
    status(307, { location: "https://localhost:1/" }),
    { type: "refused" },
  ],
  ["429 with seconds", status(429, { "retry-after": "120" }), { type: "later", afterMs: 120_000 }],
  [
    "503 with a date",
    status(503, { "retry-after": "Sun, 29 Nov 2026 12:01:00 GMT" }),
    { type: "later", afterMs: 60_000 },
  ],
  ["429 with nonsense", status(429, { "retry-after": "soon" }), { type: "later" }],
])("%s", async (_, answer, outcome) => {
  const device = service.subscribe();
  service.answerWith(device, answer);
  const { why: _why, ...told } = (await sender()(device, notification, signal)) as { why: string };
  expect(told).toEqual(outcome);
  expect(service.received(device)).toHaveLength(1);
});

it("gives up on a push service that hangs, and says so", async () => {
  const device = service.subscribe();
  service.answerWith(device, hang);
  expect(await sender(1_000)(device, notification, signal)).toEqual({
    type: "later",
    why: "The push service doesn't answer",
  });
});

it("ends with its signal", async () => {
  const device = service.subscribe();
  const stop = new AbortController();
  service.answerWith(device, () => stop.abort(new Error("stopping")));
  await expect(sender()(device, notification, stop.signal)).rejects.toThrow("stopping");
});

it("sends nothing to an address that is not public, and doesn't say where the name leads", async () => {
  const device = service.subscribe();
  const connect = connectBy({
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
    policy: publicAddressesOnly,
  });
  const send = createSendPush({ connect, keys, contact: "mailto:a@example.com", now: () => NOW });
  const outcome = await send(device, notification, signal);
  expect(outcome).toEqual({ type: "refused", why: "Its address is not public" });
  expect(service.received(device)).toEqual([]);
});

it("refuses keys that no browser has", async () => {
  const device = service.subscribe();
  const p256dh = Buffer.concat([Buffer.from([4]), randomBytes(64)]).toString("base64url");
  expect(await sender()({ ...device, keys: { ...device.keys, p256dh } }, notification, signal)).toEqual({
    type: "refused",
    why: "Its keys are not valid",
  });
});
