import type { ChildProcess } from "node:child_process";

/**
 * A child that was just spawned. Where this process may open no more files, Node returns one without streams and without
 * a channel, and announces its error next: before anybody who stumbles over the missing streams can listen, so it would
 * end the server.
 *
 * @throws Error with the code EMFILE
 */
export function spawned<Child extends ChildProcess>(child: Child): Child {
  // Whatever its type says.
  if ((child.stdio as unknown) !== undefined) return child;
  child.on("error", () => undefined);
  const message = `${child.spawnfile} can't be started: too many files are open`;
  throw Object.assign(new Error(message), { code: "EMFILE" });
}
