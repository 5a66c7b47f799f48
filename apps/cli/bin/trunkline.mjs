#!/usr/bin/env node
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

/*
 * The sources run directly, which needs a Node that strips types; an older one gets a clear message. Nothing in this
 * file may be newer than such a Node: a missing named export would fail with a SyntaxError before the check.
 */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 16)) {
  process.stderr.write(
    `trunkline needs Node 24.16 or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org. ` +
      "In a checkout of Trunkline, `npm start` brings its own.\n",
  );
  process.exitCode = 2;
} else {
  // Stripping and compiling dominate a short command's time. The cache is beside the code, not in Node's default
  // location: in /tmp somebody else could have written it.
  const directory = fileURLToPath(new URL("../node_modules/.cache/compile", import.meta.url));
  nodeModule.enableCompileCache(directory);
  // For the threads of `serve`.
  process.env["NODE_COMPILE_CACHE"] ??= directory;
  await import("../src/main.ts");
}
