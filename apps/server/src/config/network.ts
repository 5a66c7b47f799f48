import { ConfigError, type Environment, pick, type Variables } from "./variables.ts";

/** The network of commands in the sandbox. */
export interface NetworkConfig {
  /** Of sessions without a project. `off`: none. `allowlist`: listed hosts. `on`: the machine's own, loopback too. */
  mode: "off" | "allowlist" | "on";
  /** Projects can't open it either. */
  isOffForAll: boolean;
  /** Who may allow a session's commands further hosts. */
  allowing: "users" | "admins";
  /** The list: names of presets, and hosts. */
  hosts: readonly string[];
}

/** What projects may be, and whence they come. */
export interface ProjectsConfig {
  /** Directories below which projects may be. */
  roots: readonly string[];
  /** Protocols of git URLs that are fetched. */
  protocols: readonly string[];
  /** Hosts of git URLs that may have private addresses; lower case. */
  hosts: readonly string[];
  /** Variables that projects may pass to commands. */
  environment: Readonly<Record<string, string>>;
  /** Of one fetch. */
  limits: { timeMs: number; bytes: number };
  /** Holds the key that credentials are encrypted with; absent: one in the shared directory. */
  credentialsKeyFile: string | undefined;
}

/** @throws ConfigError */
export function readNetwork(variables: Variables): NetworkConfig {
  const { value, oneOf, list } = variables;
  const mode = networkMode(variables);
  return {
    mode,
    isOffForAll:
      mode === "off" && (value("TRUNKLINE_NETWORK") ?? value("TRUNKLINE_SANDBOX_NETWORK")) !== undefined,
    allowing: oneOf("TRUNKLINE_NETWORK_ALLOWING", ["users", "admins"], "users"),
    hosts: value("TRUNKLINE_NETWORK_HOSTS") === undefined ? ["registries"] : list("TRUNKLINE_NETWORK_HOSTS"),
  };
}

/** @throws ConfigError */
export function readProjects(variables: Variables, env: Environment): ProjectsConfig {
  const { integer, list, directory, directories } = variables;
  return {
    roots: directories("TRUNKLINE_PROJECT_ROOTS"),
    protocols: protocolsIn(list("TRUNKLINE_PROJECT_PROTOCOLS")),
    hosts: [...list("TRUNKLINE_PROJECT_HOSTS"), ...list("TRUNKLINE_FORGES").map(hostOfForge)].map((host) =>
      host.toLowerCase(),
    ),
    environment: pick(env, list("TRUNKLINE_PROJECT_ENVIRONMENT")),
    limits: {
      timeMs: integer("TRUNKLINE_PROJECT_FETCH_SECONDS", 600, 1, 86_400) * 1_000,
      bytes: integer("TRUNKLINE_PROJECT_MAX_MB", 8_192, 1, 10_000_000) * 1_048_576,
    },
    credentialsKeyFile: directory("TRUNKLINE_CREDENTIALS_KEY_FILE"),
  };
}

/** The second variable is the first's name of before. @throws ConfigError */
function networkMode({ value, oneOf }: Variables): NetworkConfig["mode"] {
  const before = oneOf("TRUNKLINE_SANDBOX_NETWORK", ["on", "off"], "off");
  const mode = oneOf("TRUNKLINE_NETWORK", ["off", "allowlist", "on"], before);
  if (value("TRUNKLINE_SANDBOX_NETWORK") !== undefined && mode !== before) {
    throw new ConfigError(
      "TRUNKLINE_NETWORK and TRUNKLINE_SANDBOX_NETWORK contradict each other: unset the latter",
    );
  }
  return mode;
}

const PROTOCOLS = ["https", "ssh", "http", "file"];

/** @throws ConfigError */
function protocolsIn(names: readonly string[]): readonly string[] {
  if (names.length === 0) return ["https", "ssh"];
  const unknown = names.find((name) => !PROTOCOLS.includes(name));
  if (unknown === undefined) return names;
  throw new ConfigError(
    `TRUNKLINE_PROJECT_PROTOCOLS takes a list of ${PROTOCOLS.join(", ")}, not '${unknown}'`,
  );
}

/** Whoever names a forge says that it may be reached. */
const hostOfForge = (entry: string): string => entry.split("=")[0] ?? "";
