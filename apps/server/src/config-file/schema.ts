import { z } from "zod";
import { basePath } from "./sections/base-path.ts";
import { budgets } from "./sections/budgets.ts";
import { prices } from "./sections/prices.ts";
import { fallbacks } from "./sections/fallbacks.ts";
import { disk } from "./sections/disk.ts";
import { agents } from "./sections/agents.ts";
import { mcpPrivateHosts, mcpServers } from "./sections/mcp-servers.ts";
import { models } from "./sections/models.ts";
import { providers } from "./sections/providers.ts";
import { push } from "./sections/push.ts";
import { retention } from "./sections/retention.ts";
import { rules } from "./sections/rules.ts";
import { search } from "./sections/search.ts";

/** Providers that variables set up. */
const OF_VARIABLES: ReadonlySet<string> = new Set(["openai-compatible", "openai", "anthropic", "google"]);

/** All of trunkline.config.json; one file in sections/ for each property. */
export const configFileSchema = z
  .strictObject({
    $schema: z.string().optional().describe("Where this schema is, for editors."),
    basePath: basePath.optional(),
    providers: providers.optional(),
    models: models.optional(),
    prices: prices.optional(),
    fallbacks: fallbacks.optional(),
    rules: rules.optional(),
    agents: agents.optional(),
    mcpServers: mcpServers.optional(),
    mcpPrivateHosts: mcpPrivateHosts.optional(),
    push: push.optional(),
    search: search.optional(),
    budgets: budgets.optional(),
    retention: retention.optional(),
    disk: disk.optional(),
  })
  .superRefine((file, context) => {
    const named = file.providers ?? {};
    for (const name of Object.keys(file.models ?? {})) {
      const provider = name.slice(0, name.indexOf(":"));
      if (Object.hasOwn(named, provider) || OF_VARIABLES.has(provider)) continue;
      const known = [...Object.keys(named), ...OF_VARIABLES].join(", ");
      const message = `there is no provider '${provider}'. Known here: ${known}`;
      context.addIssue({ code: "custom", path: ["models", name], message });
    }
  })
  .meta({
    title: "trunkline.config.json",
    description: "What does not fit an environment variable. Read once, when the server starts.",
  });

export type ConfigSections = z.infer<typeof configFileSchema>;
