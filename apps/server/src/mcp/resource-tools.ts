import { createHash } from "node:crypto";
import { z } from "zod";
import type { Tool } from "../tools/port.ts";
import { shortened } from "./call-result.ts";
import type { ServerUse } from "./server-use.ts";

/** Resources listed at once. */
const PAGE = 100;

const ListInput = z.strictObject({
  server: z.string().optional().describe("Only those of this server"),
  offset: z.int().min(0).optional().describe("How many to skip; default 0"),
});
const ReadInput = z.strictObject({
  server: z.string().describe("Name of the MCP server"),
  uri: z.string().min(1).max(2_000).describe("Of the resource, as it was listed or as a tool named it"),
});

/** @returns the tools that read what servers offer beside their tools; none if none offers anything. */
export function resourceTools(uses: readonly ServerUse[]): Tool[] {
  const offering = uses.filter(({ server }) => (server.status().catalog?.resources.length ?? 0) > 0);
  if (offering.length === 0) return [];
  const isVouched = offering.every(({ definition }) => definition.trust === "annotations");
  const names = offering.map(({ definition }) => definition.name).join(", ");
  // `always` is for these servers, not for others that come.
  const ids = offering.map(({ definition: { id } }) => id).join(" ");
  const revision = createHash("sha256").update(ids).digest("hex").slice(0, 12);
  const list: Tool<z.infer<typeof ListInput>> = {
    name: "list_mcp_resources",
    description: `Lists resources that MCP servers offer for reading. Servers: ${names}`,
    inputSchema: ListInput,
    kind: "search",
    effects: ["reads-untrusted"],
    title: ({ server }) => `Resources of ${server ?? "MCP servers"}`,
    execute: async ({ server, offset = 0 }) => {
      const all = offering
        .filter(({ definition }) => server === undefined || definition.name === server)
        .flatMap(({ definition, server: each }) =>
          (each.status().catalog?.resources ?? []).map(({ uri, name, description }) =>
            [`${definition.name} ${uri}`, name, description].filter((text) => text !== "").join(" · "),
          ),
        );
      const page = all.slice(offset, offset + PAGE);
      const more = all.length - offset - page.length;
      if (more > 0) page.push(`[${more} more: offset ${offset + PAGE}]`);
      return { status: "succeeded", ...shortened(page.join("\n") || "There are none.") };
    },
  };
  const read: Tool<z.infer<typeof ReadInput>> = {
    name: "read_mcp_resource",
    description: `Reads a resource of an MCP server. Servers: ${names}`,
    inputSchema: ReadInput,
    kind: "fetch",
    effects: ["egress", "reads-untrusted", ...(isVouched ? [] : (["third-party"] as const))],
    title: ({ server, uri }) => `${server}: ${uri}`,
    revision,
    execute: async ({ server, uri }, context) => {
      const use = offering.find(({ definition }) => definition.name === server);
      if (use === undefined)
        throw new Error(`No MCP server '${server}' offers resources. These do: ${names}`);
      return use.readResource(uri, context);
    },
  };
  return [list, read];
}
