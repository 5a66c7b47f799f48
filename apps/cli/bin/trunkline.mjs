#!/usr/bin/env node
import * as nodeModule from "node:module";
import { cacheDirectory } from "./cache-directory.mjs";
import { isNewEnough, runWithOwnNode } from "./own-node.mjs";

/*
 * Nothing in this file, and in those that it imports, may be newer than Node 20: an older Node hands over to one of our own,
 * and a missing export would be a SyntaxError before that.
 */
if (isNewEnough(process.versions.node)) {
  // Loading dominates a short command's time.
  const directory = cacheDirectory("compile");
  if (directory !== null) {
    nodeModule.enableCompileCache(directory);
    // For the threads of `serve`.
    process.env["NODE_COMPILE_CACHE"] ??= directory;
  }
  const { program } = await import("./program.mjs");
  await import(program());
} else {
  await runWithOwnNode();
}
