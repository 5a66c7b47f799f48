import { writeFile } from "node:fs/promises";
import { CLI_PAGE_FILE, recordCliPage } from "./cli-page.ts";

// `pnpm docs:cli`: a test fails while the page is not what the commands do.
await writeFile(CLI_PAGE_FILE, await recordCliPage());
