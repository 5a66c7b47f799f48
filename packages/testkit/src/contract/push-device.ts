import { createECDH, randomBytes, randomUUID } from "node:crypto";

/** What a browser would subscribe with; nothing is ever sent to it. */
export function newPushDevice() {
  return {
    endpoint: `https://push.example/${randomUUID()}`,
    keys: {
      p256dh: createECDH("prime256v1").generateKeys("base64url"),
      auth: randomBytes(16).toString("base64url"),
    },
    device: "Browser of a test",
  };
}
