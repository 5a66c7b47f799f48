import { type McpTransport, type McpTransportInput, TrunklineError } from "@trunkline/contract";
import type { Vault } from "../projects/port.ts";
import type { McpSecrets } from "../mcp/port.ts";
import type { StoredMcpServer } from "../store/port.ts";

export interface McpVault extends Vault {
  open<Credential extends object>(belongsTo: string, sealed: string): Promise<Credential>;
}

/**
 * Splits what a caller gave into what may be shown and what is encrypted.
 * @param before whose secrets are kept where the caller gave null; null: there is none.
 * @throws TrunklineError `validation_failed` if there is nothing to keep, or it would go elsewhere.
 */
export async function sealMcpSecrets(
  vault: McpVault,
  serverId: string,
  input: McpTransportInput,
  before: Pick<StoredMcpServer, "transport" | "sealed"> | null,
): Promise<Pick<StoredMcpServer, "transport" | "sealed">> {
  const isSame = before !== null && destinationOf(before.transport) === destinationOf(input);
  const kept: McpSecrets =
    isSame && before.sealed !== null ? await vault.open<McpSecrets>(serverId, before.sealed) : {};
  const complete = (given: Readonly<Record<string, string | null>>, stored: McpSecrets["values"] = {}) =>
    Object.fromEntries(
      Object.entries(given).map(([name, value]): [string, string] => {
        const known = value ?? (Object.hasOwn(stored, name) ? stored[name] : undefined);
        if (known === undefined) throw nothingToKeep(name);
        return [name, known];
      }),
    );
  const secrets: McpSecrets = {};
  let transport: McpTransport;
  if (input.kind === "stdio") {
    secrets.values = complete(input.environment, kept.values);
    transport = { ...input, environment: Object.keys(secrets.values).toSorted() };
  } else {
    secrets.values = complete(input.headers, kept.values);
    transport = { ...input, headers: Object.keys(secrets.values).toSorted() };
  }
  const hasNone = Object.keys(secrets.values).length === 0;
  return { transport, sealed: hasNone ? null : await vault.seal(serverId, secrets) };
}

/** Where its secrets go: whoever changes that has to know them. */
function destinationOf(transport: McpTransport | McpTransportInput): string {
  if (transport.kind === "http") return URL.parse(transport.url)?.origin ?? transport.url;
  return JSON.stringify([transport.command, transport.args]);
}

function nothingToKeep(name: string): TrunklineError {
  return new TrunklineError(
    "validation_failed",
    `Give ${name} again: nothing is stored for it, or it was stored for another program or address`,
  );
}
