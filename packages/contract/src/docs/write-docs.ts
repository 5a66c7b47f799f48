import { writeFile } from "node:fs/promises";
import { DESCRIPTIONS_FILE, descriptionsFile } from "./descriptions-file.ts";

// `pnpm docs:api`: writes the files generated from the contract. A test fails if they are out of date.
await writeFile(DESCRIPTIONS_FILE, await descriptionsFile());
// Imported late, because it reads the file just written when it is loaded.
const { API_PAGE_FILE, apiPage } = await import("./api-page.ts");
await writeFile(API_PAGE_FILE, apiPage());
