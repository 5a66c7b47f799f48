import { expect, it } from "vitest";
import { publicAddressesOnly } from "../network/address-policy.ts";
import { PushDestinations } from "./push-destinations.ts";

const way = (name: string) => async () => Promise.reject(new Error(name));
const destinations = new PushDestinations({
  privateHosts: ["Push.internal:8443", "10.0.0.7"],
  publicWeb: way("public"),
  anywhere: way("anywhere"),
  policy: publicAddressesOnly,
});

it.each([
  "http://push.example/x",
  "ftp://push.example/x",
  "https://user:secret@push.example/x",
  "https://localhost/x",
  "https://a.localhost:8443/x",
  "https://127.0.0.1/x",
  "https://2130706433/x",
  "https://[::1]/x",
  "https://[::ffff:169.254.169.254]/x",
  "https://169.254.169.254/x",
  "https://168.63.129.16/x",
  "https://10.0.0.8/x",
  "nothing",
])("%s is refused", (endpoint) => {
  expect(() => destinations.check(endpoint)).toThrow(
    expect.objectContaining({ reason: "validation_failed" }) as Error,
  );
});

it.each([
  ["https://fcm.googleapis.com/fcm/send/abc", "public"],
  ["https://push.internal/x", "public"],
  ["https://push.internal:8443/x", "anywhere"],
  ["https://10.0.0.7/x", "anywhere"],
])("%s is %s", async (endpoint, expected) => {
  destinations.check(endpoint);
  await expect(destinations.connect(new URL(endpoint), new AbortController().signal)).rejects.toThrow(
    expected,
  );
});
