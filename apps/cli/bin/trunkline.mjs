#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

/* The sources run as they are, which takes a Node that strips types; an older one gets a sentence, not a stack. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 16)) {
  process.stderr.write(
    `trunkline needs Node 24.16 or newer, and this is ${process.versions.node}. ` +
      "In its repository, `pnpm trunkline` and `npm start` bring the right one along.\n",
  );
  process.exitCode = 2;
} else {
  // Stripping and compiling is most of what a short command would spend its time on. The cache lies beside the code, and
  // not in Node's own place: in /tmp somebody else could have put it there.
  const directory = fileURLToPath(new URL("../node_modules/.cache/compile", import.meta.url));
  enableCompileCache(directory);
  // For the threads of `serve`.
  process.env["NODE_COMPILE_CACHE"] ??= directory;
  await import("../src/main.ts");
}
