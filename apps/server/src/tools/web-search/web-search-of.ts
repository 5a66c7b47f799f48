import type { ConfigFile } from "../../config-file/port.ts";
import { openWebSearch } from "./open-web-search.ts";
import type { WebSearch } from "./port.ts";

/** The engine that the operator has set. @returns undefined if there is none. */
export function webSearchOf(file: ConfigFile): WebSearch | undefined {
  const { search } = file.sections;
  if (search === undefined) return undefined;
  const { provider, keyVariable, baseUrl } = search;
  const key = keyVariable === undefined ? undefined : file.valueOf(keyVariable);
  return openWebSearch({ provider, key, baseUrl });
}
