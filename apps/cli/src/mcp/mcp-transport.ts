import type { McpTransport, McpTransportInput } from "@trunkline/contract";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";

/** What the command line says of how a server is reached. */
export interface TransportOptions {
  env?: string[];
  header?: string[];
  drop?: string[];
  network?: "off" | "allowlist" | "on";
  allowHost?: string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param words an http(s) address, or a program and its arguments; none: those of `before`
 * @param before the server as it is; null: a new one
 * @throws CommandError
 */
export function transportFrom(
  words: readonly string[],
  options: TransportOptions,
  { before, environment }: { before: McpTransport | null; environment: Environment },
): McpTransportInput {
  const [first, ...args] = words;
  const isHttp = first === undefined ? before?.kind === "http" : /^https?:\/\//i.test(first);
  if (isHttp) {
    refuse(
      options.env ?? options.allowHost ?? options.network,
      "--env, --allow-host and --network are for programs.",
    );
    refuse(args[0], "An address takes no arguments.");
    const known = before?.kind === "http" ? before : null;
    return {
      kind: "http",
      url: first ?? known?.url ?? "",
      headers: secretsOf(options.header, known?.headers, options.drop, environment),
    };
  }
  refuse(options.header, "--header is for servers over HTTP.");
  const known = before?.kind === "stdio" ? before : null;
  return {
    kind: "stdio",
    command: first ?? known?.command ?? "",
    args: first === undefined ? (known?.args ?? []) : args,
    network: options.network ?? known?.network ?? "allowlist",
    allowedHosts: options.allowHost ?? known?.allowedHosts ?? [],
    environment: secretsOf(options.env, known?.environment, options.drop, environment),
  };
}

/** `NAME` is sent with the value of this variable, `NAME=VARIABLE` with that of another; what is stored is kept. */
function secretsOf(
  given: readonly string[] = [],
  stored: readonly string[] = [],
  dropped: readonly string[] = [],
  environment: Environment,
): Record<string, string | null> {
  const kept = stored.filter((name) => !dropped.includes(name)).map((name) => [name, null] as const);
  const read = given.map((word): readonly [string, string] => {
    const [name = "", variable = name] = word.split("=");
    const value = environment[variable];
    if (value === undefined || value === "") {
      throw new CommandError(
        EXIT.usage,
        `The variable ${variable} is not set here. Values are read from your environment: ${variable}=… trunkline mcp …`,
      );
    }
    return [name, value];
  });
  return Object.fromEntries([...kept, ...read]);
}

function refuse(given: unknown, message: string): void {
  if (given !== undefined) throw new CommandError(EXIT.usage, message);
}
