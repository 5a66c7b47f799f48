#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import packageJson from "../package.json" with { type: "json" };
import { findBundle } from "./find-bundle.mjs";

const HELP = `Usage: trunkline-server

Starts the Trunkline server. Environment variables set everything: TRUNKLINE_PORT,
TRUNKLINE_DATA_DIR, … (README.md lists them). \`trunkline serve\` takes options.

Options:
  -v, --version  print the version
  -h, --help     print this text
`;

const [first] = process.argv.slice(2);
if (first === "--version" || first === "-v") {
  process.stdout.write(`${packageJson.version}\n`);
  process.exit();
}
if (first === "--help" || first === "-h") {
  process.stdout.write(HELP);
  process.exit();
}
// Whoever gives one expects something of it, such as another port.
if (first !== undefined) {
  process.stderr.write(`trunkline-server: unknown argument '${first}'. See trunkline-server --help.\n`);
  process.exit(2);
}

/*
 * Compiling what is loaded is most of a start, and of sources, stripping their types: the compiler that does it stays in
 * memory, 19 MB in each thread. So what is loaded is cached, from the very first file on, which is why this one is
 * JavaScript. The cache lies beside the code: who can write there can change the code as well.
 */
const directory = fileURLToPath(new URL("../node_modules/.cache/compile", import.meta.url));
enableCompileCache(directory);
// Threads do not inherit it otherwise.
process.env["NODE_COMPILE_CACHE"] ??= directory;

await import(findBundle("trunkline-server") ?? "../src/main.ts");
