import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PROGRAM = fileURLToPath(new URL("../../../scripts/bundle/main.ts", import.meta.url));
/** Set where it is done already, for processes that this one starts. */
const DONE = "TRUNKLINE_TEST_BUNDLED";

let made: Promise<unknown> | undefined;

/** Bundles the programs: tests meet them as they are installed, and starting one takes half the time. Also Vitest's global setup. */
export default async function bundled(): Promise<void> {
  if (process.env[DONE] === "1") return;
  made ??= promisify(execFile)(process.execPath, [PROGRAM]);
  await made;
  process.env[DONE] = "1";
}
