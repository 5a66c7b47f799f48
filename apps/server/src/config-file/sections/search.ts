import { z } from "zod";
import { variableName } from "../variable-name.ts";

/** The search engine of the tool web_search. */
export const search = z
  .strictObject({
    provider: z
      .enum(["brave", "tavily", "searxng"])
      .describe(
        "Brave Search and Tavily need a key; SearXNG is a server of your own, with the format json switched on.",
      ),
    keyVariable: variableName
      .optional()
      .describe("The environment variable that holds the API key. Required for brave and tavily."),
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional()
      .describe("Its address, such as http://127.0.0.1:8888. Required for searxng."),
  })
  .superRefine(({ provider, keyVariable, baseUrl }, context) => {
    if (provider === "searxng" && baseUrl === undefined) {
      context.addIssue({ code: "custom", path: ["baseUrl"], message: "searxng needs it" });
    }
    if (provider !== "searxng" && keyVariable === undefined) {
      context.addIssue({ code: "custom", path: ["keyVariable"], message: `${provider} needs it` });
    }
  })
  .describe("The search engine of the tool web_search. Without it there is no such tool.");
