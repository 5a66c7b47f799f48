#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

/*
 * The sources run as they are. Stripping their types and compiling them is most of a start, and the compiler that strips
 * stays in memory: 19 MB in each thread. So what is loaded is cached, from the very first file on, which is why this one
 * is JavaScript. The cache lies beside the code: who can write there can change the code as well.
 */
const directory = fileURLToPath(new URL("../node_modules/.cache/compile", import.meta.url));
enableCompileCache(directory);
// Threads do not inherit it otherwise.
process.env["NODE_COMPILE_CACHE"] ??= directory;

await import("../src/main.ts");
