import type { RestRoute } from "./route.ts";

/** The part of `REST_ROUTES` that is about models. */
export const MODEL_ROUTES = {
  "model.list": {
    method: "GET",
    path: "/models",
    status: 200,
    summary: "List models, with what they can do",
    description:
      "Servers for chat completions are asked for their models, at most once a minute; of other providers it lists those " +
      "of the catalogue.",
    reasons: [],
  },
  "model.setKey": {
    method: "POST",
    path: "/models/keys/{provider}",
    status: 200,
    summary: "Store your own key for a provider",
    description:
      "Your tasks use it in place of the server's. It is stored encrypted, nothing returns it, and it is sent to the provider's " +
      "address alone.",
    example: { key: "sk-..." },
    reasons: ["not_found"],
  },
  "model.removeKey": {
    method: "DELETE",
    path: "/models/keys/{provider}",
    status: 200,
    summary: "Remove your own key for a provider",
    reasons: ["not_found"],
  },
} as const satisfies Record<`model.${string}`, RestRoute>;
