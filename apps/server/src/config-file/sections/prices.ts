import { z } from "zod";

const usdPerMillion = z.number().nonnegative().max(1_000_000);

const price = z.strictObject({
  inputUsdPerMillion: usdPerMillion.describe("US dollars for a million input tokens."),
  outputUsdPerMillion: usdPerMillion.describe("US dollars for a million output tokens."),
  cachedInputUsdPerMillion: usdPerMillion
    .optional()
    .describe("The same for input that the provider read from its cache. Absent: as other input."),
  cacheWriteUsdPerMillion: usdPerMillion
    .optional()
    .describe("The same for input that the provider wrote to its cache. Absent: as other input."),
});

/** Prices of models that the catalogue does not have, or has wrong. */
export const prices = z
  .record(
    z
      .string()
      .max(200)
      .regex(/^[^\s:]+:\S+$/, "must be PROVIDER:MODEL, or PROVIDER:* for all models of a provider"),
    price,
  )
  .refine((entries) => Object.keys(entries).length <= 1_000, "holds more than 1,000 prices")
  .describe("Prices by model, PROVIDER:MODEL or PROVIDER:*. They replace those of the built-in catalogue.");

export type PriceSetting = z.infer<typeof price>;
