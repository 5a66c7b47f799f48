/*
 * Starts Next as the server does (apps/server/src/web/next-process.ts), without serving anything, and prints what it has
 * loaded: its own lists are for another kind of server. Argument: the directory of the built app.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [directory = "."] = process.argv.slice(2);
const built = readFileSync(join(directory, ".next", "required-server-files.json"), "utf8");
const { config } = /** @type {{ config: unknown }} */ (JSON.parse(built));
process.env["__NEXT_PRIVATE_STANDALONE_CONFIG"] = JSON.stringify(config);
const load = createRequire(join(directory, "package.json"));
const next = /** @type {(options: object) => { prepare(): Promise<void> }} */ (load("next"));
await next({ dir: directory, dev: false, hostname: "127.0.0.1", port: 1 }).prepare();
// Next may have said something before.
process.stdout.write(`\n${JSON.stringify(Object.keys(load.cache))}`);
process.exit();
