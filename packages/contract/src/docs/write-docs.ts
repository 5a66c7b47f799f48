import { writeFile } from "node:fs/promises";
import { DESCRIPTIONS_FILE, descriptionsFile } from "./descriptions-file.ts";

// `pnpm docs:api`: writes down what follows from the contract. A test fails while it is not what it should be.
await writeFile(DESCRIPTIONS_FILE, await descriptionsFile());
// It is made with what was just written, and modules read it when they are loaded.
const { API_PAGE_FILE, apiPage } = await import("./api-page.ts");
await writeFile(API_PAGE_FILE, apiPage());
