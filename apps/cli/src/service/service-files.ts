import { join } from "node:path";
import { findHome } from "@trunkline/server/find-home";
import type { Manager } from "./unit.ts";

export interface ServiceFiles {
  unit: string;
  /** Keys and settings; made once, never overwritten or removed. */
  environment: string;
}

export function serviceFiles(
  manager: Manager,
  env: Readonly<Record<string, string | undefined>>,
): ServiceFiles {
  if (manager === "system") {
    return { unit: "/etc/systemd/system/trunkline.service", environment: "/etc/trunkline/environment" };
  }
  const config = env["XDG_CONFIG_HOME"] || join(findHome(env), ".config");
  return {
    unit: join(config, "systemd", "user", "trunkline.service"),
    environment: join(config, "trunkline", "environment"),
  };
}

export const ENVIRONMENT_TEMPLATE = `# Settings of the Trunkline service, a NAME=value per line; restart it after a change.
# A key may stand in a file of its own: OPENAI_API_KEY_FILE=/path
#OPENAI_API_KEY=
#ANTHROPIC_API_KEY=
#TRUNKLINE_MODEL=
#TRUNKLINE_PORT=4400
`;
