import { createHash } from "node:crypto";

/** Tool names that every provider accepts. */
const MAX_LENGTH = 64;

/**
 * What the model calls a server's tool: `SERVER__TOOL`. No built-in tool has `__` in its name, and no server's name
 * has `_`, so that neither a server nor a tool can take another's name.
 */
export function toolNameOf(server: string, tool: string): string {
  const legal = tool.replaceAll(/[^a-zA-Z0-9_-]/g, "_");
  const name = `${server}__${legal}`;
  if (legal === tool && name.length <= MAX_LENGTH) return name;
  // Two tools must not become one.
  const mark = createHash("sha256").update(tool).digest("hex").slice(0, 8);
  return `${name.slice(0, MAX_LENGTH - mark.length - 1)}_${mark}`;
}

/** How names are compared where a model writes one a little differently (agent/tool-name.ts). */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}
