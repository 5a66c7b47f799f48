import type { ConfigFile } from "../config-file/port.ts";
import { readConfigFile } from "../config-file/read-config-file.ts";
import { basePath } from "../config-file/sections/base-path.ts";
import type { Config, Settings } from "../config/config.ts";

/** @throws Error that names each fault */
export async function readSettings(config: Config): Promise<{ config: Settings; file: ConfigFile }> {
  const file = await readConfigFile(config.configFile, config.variable);
  return { config: { ...config, basePath: chooseBasePath(config, file) }, file };
}

/** @returns what goes before all paths: `/agents`, or nothing. @throws Error if nothing can be served there */
export function chooseBasePath(
  { basePath: ofEnvironment, web }: Pick<Config, "basePath" | "web">,
  { sections }: Pick<ConfigFile, "sections">,
): string {
  const parsed = basePath.safeParse(ofEnvironment ?? sections.basePath ?? "/");
  if (!parsed.success) throw new Error(`TRUNKLINE_BASE_PATH ${parsed.error.issues[0]?.message}`);
  const chosen = parsed.data.replace(/\/$/, "");
  if (chosen === "" || web !== "dev") return chosen;
  throw new Error("Only the built UI can be below a base path: unset it, or set TRUNKLINE_WEB to 'on'");
}
