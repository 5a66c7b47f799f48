import {
  type McpTransport,
  type McpTransportInput,
  type Principal,
  TrunklineError,
} from "@trunkline/contract";
import type { Store } from "../store/port.ts";

/**
 * What a caller may set up. Where several users share the server, its network is the operator's to open.
 * @param current absent for a new server; what stays as it is needs no right.
 * @throws TrunklineError `forbidden`, `validation_failed`
 */
export async function checkMcpTransport(
  { store, principal }: { store: Pick<Store, "users">; principal: Principal },
  transport: McpTransportInput,
  current?: McpTransport,
): Promise<void> {
  if (transport.kind === "http") return checkUrl(transport.url);
  if (transport.command.includes("\0") || transport.args.some((arg) => arg.includes("\0"))) {
    throw new TrunklineError("validation_failed", "A command cannot hold a NUL");
  }
  const before = current?.kind === "stdio" ? current : undefined;
  const opens =
    (transport.network === "on" && before?.network !== "on") ||
    transport.allowedHosts.some((host) => before?.allowedHosts.includes(host) !== true);
  if (opens && !principal.scopes.includes("admin") && (await store.users.areSeveral())) {
    throw new TrunklineError(
      "forbidden",
      "Several users share this server: only an admin may set the network 'on' or allow hosts besides package registries",
    );
  }
}

function checkUrl(text: string): void {
  const url = URL.parse(text);
  const problem =
    url === null || !["https:", "http:"].includes(url.protocol)
      ? "Write a whole address, such as https://mcp.example.com/mcp"
      : url.username !== "" || url.password !== "" || url.hash !== ""
        ? "Write the address without user name, password and fragment; credentials go into headers"
        : null;
  if (problem !== null) throw new TrunklineError("validation_failed", problem);
}
