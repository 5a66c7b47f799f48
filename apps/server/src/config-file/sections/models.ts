import { Effort } from "@trunkline/contract/schemas";
import { z } from "zod";

const tokens = z.int().min(256).max(100_000_000);

const model = z
  .strictObject({
    contextTokens: tokens
      .optional()
      .describe("Tokens of one call, answer included: the conversation is summarized before it needs more."),
    maxOutputTokens: z
      .int()
      .min(1)
      .max(100_000_000)
      .optional()
      .describe("Most tokens of one answer; takes precedence over TRUNKLINE_MAX_OUTPUT_TOKENS."),
    effort: Effort.optional().describe(
      "Reasoning effort of tasks that choose none. Absent: the model's own default.",
    ),
    efforts: z
      .array(Effort)
      .max(10)
      .optional()
      .describe(
        "Efforts that the model has, the lowest first; none: it can't be asked to think more or less.",
      ),
    readsImages: z.boolean().optional().describe("Whether it reads images."),
  })
  .superRefine(({ contextTokens, maxOutputTokens, effort, efforts }, context) => {
    if (contextTokens !== undefined && maxOutputTokens !== undefined && maxOutputTokens >= contextTokens) {
      const message = `must be less than contextTokens (${contextTokens}), which holds prompt and answer`;
      context.addIssue({ code: "custom", path: ["maxOutputTokens"], message });
    }
    if (effort !== undefined && efforts !== undefined && !efforts.includes(effort)) {
      const message = `must be one of efforts: ${efforts.join(", ") || "there are none"}`;
      context.addIssue({ code: "custom", path: ["effort"], message });
    }
  });

/** What is known of models that the catalogue does not have, or has wrong. */
export const models = z
  .record(
    z
      .string()
      .max(200)
      .regex(/^[^\s:]+:\S+$/, "must be PROVIDER:MODEL, or PROVIDER:* for all models of a provider"),
    model,
  )
  .refine((entries) => Object.keys(entries).length <= 1_000, "holds more than 1,000 models")
  .describe(
    "Limits and efforts by model, PROVIDER:MODEL or PROVIDER:*. They take precedence over the built-in catalogue.",
  );

export type ModelSetting = z.infer<typeof model>;
