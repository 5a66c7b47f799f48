import { fileURLToPath } from "node:url";
import { configJsonSchema } from "../json-schema.ts";

export const SCHEMA_FILE = fileURLToPath(
  new URL("../../../../../docs/trunkline.config.schema.json", import.meta.url),
);

export function schemaFile(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}
