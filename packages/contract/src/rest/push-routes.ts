import type { RestRoute } from "./route.ts";

export const PUSH_ROUTES = {
  "push.subscribe": {
    method: "POST",
    path: "/push/subscriptions",
    status: 201,
    summary: "Subscribe a browser to push notifications",
    description:
      "Takes what a browser's `PushSubscription.toJSON()` returns. The device is told of your sessions for as long as the token " +
      "that it was subscribed with holds.",
    example: {
      endpoint: "https://push.example/send/abc",
      keys: {
        p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        auth: "BTBZMqHH6r4Tts7J_aSIgg",
      },
      device: "Chrome on Android",
    },
    reasons: ["not_found"],
  },
  "push.list": {
    method: "GET",
    path: "/push/subscriptions",
    status: 200,
    summary: "List your subscribed devices, newest first",
    description: "Also returns the key that browsers subscribe with.",
    reasons: [],
  },
  "push.unsubscribe": {
    method: "DELETE",
    path: "/push/subscriptions/{subscriptionId}",
    status: 200,
    summary: "Remove a device",
    description: "It is told nothing any more. Returns the subscription as it was.",
    reasons: ["not_found"],
  },
  "push.test": {
    method: "POST",
    path: "/push/subscriptions/{subscriptionId}/test",
    status: 200,
    summary: "Send a device a test",
    description: "Tries once, and returns the subscription as it is then, with the failure if there was one.",
    reasons: ["not_found"],
  },
} as const satisfies Record<`push.${string}`, RestRoute>;
