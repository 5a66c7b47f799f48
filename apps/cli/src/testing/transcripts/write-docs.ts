import { writeFile } from "node:fs/promises";
import { CLI_PAGE_FILE, recordCliPage } from "./cli-page.ts";

// `pnpm docs:cli`: a test fails if the page is out of date.
await writeFile(CLI_PAGE_FILE, await recordCliPage());
