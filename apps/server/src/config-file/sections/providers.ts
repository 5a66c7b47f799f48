import { z } from "zod";
import { variableName } from "../variable-name.ts";

const headerValue = z
  .string()
  .max(8_000)
  .regex(/^[\t\u0020-\u007e\u0080-\u00ff]*$/, "must not hold control characters, such as line breaks");

const provider = z.strictObject({
  kind: z
    .enum(["openai-compatible", "openai", "anthropic", "google"])
    .describe(
      "The API that it speaks: chat completions, OpenAI's responses, Anthropic's messages or Google's Gemini.",
    ),
  baseUrl: z
    .string()
    .max(2_000)
    .optional()
    .describe("Its address, such as https://api.groq.com/openai/v1. Required for openai-compatible."),
  keyVariable: variableName
    .optional()
    .describe("The environment variable that holds its API key. NAME_FILE may name a file with it instead."),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$/, "must be the name of an HTTP header"),
      z.union([headerValue, z.strictObject({ variable: variableName })]),
    )
    .optional()
    .describe('Sent with every request: a text, or { "variable": "NAME" } for one that is secret.'),
  quirks: z
    .array(
      z.enum([
        "no-stream-options",
        "max-completion-tokens",
        "no-max-tokens",
        "plain-schemas",
        "no-echo",
        "fill-reasoning",
        "stand-in-signature",
        "empty-content",
        "no-system-role",
        "no-stream",
      ]),
    )
    .optional()
    .describe(
      "Where an openai-compatible server deviates. Found out by itself; listed, nothing is tried in vain.",
    ),
  defaultModel: z
    .string()
    .min(1)
    .max(200)
    .regex(/^\S+$/, "must not hold spaces")
    .optional()
    .describe(
      "The model for tasks that name none, if this is the first provider; the one that pickers show.",
    ),
});

/** Model providers beyond the four of the environment. */
export const providers = z
  .record(
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,31}$/, "must be up to 32 lower-case letters, digits and hyphens")
      .refine((name) => name !== "demo", "is the demo model's name; choose another"),
    provider,
  )
  .refine((entries) => Object.keys(entries).length <= 100, "holds more than 100 providers")
  .describe("Model providers by name; their models are NAME:MODEL. Beside those of the environment.");

export type NamedProvider = z.infer<typeof provider>;
