import { writeFile } from "node:fs/promises";
import { TOOLS_PAGE_FILE, toolsPage } from "./tools-page.ts";

// `pnpm docs:tools`: a test fails if the page is out of date.
await writeFile(TOOLS_PAGE_FILE, await toolsPage());
