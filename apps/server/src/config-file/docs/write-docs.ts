import { writeFile } from "node:fs/promises";
import { SCHEMA_FILE, schemaFile } from "./schema-file.ts";

// `pnpm docs:config`: a test fails if the schema is out of date.
await writeFile(SCHEMA_FILE, schemaFile());
