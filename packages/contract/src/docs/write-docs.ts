import { writeFile } from "node:fs/promises";
import { descriptionsFile } from "./generated-files.ts";

/** `pnpm docs:api`: writes down what follows from the contract. A test fails while it is not what it should be. */
for (const file of [descriptionsFile]) await writeFile(file.url, await file.content());
