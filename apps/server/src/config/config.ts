import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { type ModelConfig, readModels } from "./models.ts";
import { type NetworkConfig, type ProjectsConfig, readNetwork, readProjects } from "./network.ts";
import { readSecrets } from "./secrets.ts";
import { readTraces, type TracesConfig } from "./traces.ts";
import { findHome } from "../common/find-home.ts";
import { ConfigError, createVariables, type Environment, pick } from "./variables.ts";

export type { ModelConfig };

/** Everything the environment decides, read once; no other file of the server reads it. */
export interface Config {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  /** Before all paths, e.g. `/agents`, or `/` for none; undefined: as the config file has it. */
  basePath: string | undefined;
  /** For this process alone. */
  dataDir: string;
  /** Path of trunkline.config.json, which may not exist. */
  configFile: string;
  /** Value of a variable that it names. @throws ConfigError if NAME_FILE names a file that can't be read. */
  variable: (name: string) => string | undefined;
  /** `postgres://…`, the store that several nodes share; absent: the embedded one, in the data directory. Has a password in it. */
  databaseUrl: string | undefined;
  /** Where workspaces and blobs are; the same directory for all nodes. */
  sharedDir: string;
  concurrency: number;
  /** How long running tasks may continue once the server is asked to stop, in ms. */
  drainMs: number;
  /** Streams that one user may have open at once. */
  streamsPerUser: number;
  /** Requests that one user, and one address, may make in a minute; as many at once. */
  requestsPerMinute: number;
  /** Reads `/metrics`, and nothing else; absent: only admins' tokens do. */
  metricsToken: string | undefined;
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  /** Exact origins, beside the server's own, that a browser may call from. */
  allowedOrigins: readonly string[];
  /** Host names, beside the loopback ones, that the server answers to. */
  allowedHosts: readonly string[];
  web: "on" | "off" | "dev";
  /** Where everything is backed up to, how often and how many are kept; null: nowhere. */
  backups: { directory: string; everyMs: number; keep: number; withKeys: boolean } | null;
  /** Where traces go; null: nowhere. */
  traces: TracesConfig | null;
  /** Where the log goes: `logs` in the data directory, the standard output, or both. */
  logTo: "both" | "files" | "stdout";
  logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";
  models: ModelConfig;
  /** Values of the environment that must never be seen anywhere. */
  secrets: readonly string[];
  /** All that a tool's process sees of this environment: where programs are and which language they speak. */
  toolEnvironment: Readonly<Record<string, string>>;
  sandbox: {
    /** `auto`: where it holds what it promises. `required`: no start without it. */
    mode: "auto" | "required" | "off";
  };
  network: NetworkConfig;
  projects: ProjectsConfig;
  /** `HOST=KIND` and `HOST=KIND:API` of self-hosted forges. */
  forges: readonly string[];
  /** Who writes a session's title after its first answer: `session` (its own model), another model, or nobody: `off`. */
  titles: string;
  /** Whether tasks can fetch pages of the public web. */
  webFetch: "on" | "off";
  approvals: {
    /** Which calls of tools wait until somebody allows them. */
    mode: "auto" | "always" | "never";
    /** How long they wait before that counts as a no, in ms. */
    timeoutMs: number;
  };
  /** The user whom this start lets in again, who has lost all tokens. */
  recoverUser: string | undefined;
  node: string;
}

/** With those that the config file may have as well. */
export type Settings = Config & {
  /** Before all paths: `/agents`, or nothing. */
  basePath: string;
};

/** Of npm's own scripts, which ends what it puts before a search path. */
const NPM_PART = /^(?:.*:)?[^:]*\/@npmcli\/run-script\/lib\/node-gyp-bin(?::|$)/;

/** `npx` and `npm start` put directories of wherever they were called before it, which are no toolchains of commands. */
function pathWithoutNpm(path: string | undefined): string | undefined {
  return path?.replace(NPM_PART, "");
}

/** @throws ConfigError */
export function readConfig(env: Environment = process.env): Config {
  const variables = createVariables(env);
  const { value, secret, integer, oneOf, list, directory } = variables;
  const dataDir =
    directory("TRUNKLINE_DATA_DIR") ??
    join(value("XDG_DATA_HOME") ?? join(findHome(env), ".local", "share"), "trunkline");

  const configFile = directory("TRUNKLINE_CONFIG_FILE");
  if (configFile !== undefined && !existsSync(configFile)) {
    throw new ConfigError(`TRUNKLINE_CONFIG_FILE names ${configFile}, which does not exist`);
  }

  const traces = readTraces(variables);
  const databaseUrl = databaseUrlIn(secret("TRUNKLINE_DATABASE_URL"));
  const sharedDir = directory("TRUNKLINE_SHARED_DIR");
  if (sharedDir !== undefined && databaseUrl === undefined) {
    throw new ConfigError(
      "TRUNKLINE_SHARED_DIR is for nodes that share a database: set TRUNKLINE_DATABASE_URL as well",
    );
  }

  const backupDirectory = directory("TRUNKLINE_BACKUP_DIR");

  // There is nothing that this could turn off; who sets it must not believe otherwise.
  oneOf("TRUNKLINE_AUTH", ["on"], "on");

  return {
    host: value("TRUNKLINE_HOST") ?? "127.0.0.1",
    port: integer("TRUNKLINE_PORT", 4400, 0, 65_535),
    basePath: value("TRUNKLINE_BASE_PATH"),
    dataDir,
    configFile: configFile ?? join(dataDir, "trunkline.config.json"),
    variable: secret,
    databaseUrl,
    sharedDir: sharedDir ?? dataDir,
    concurrency: integer("TRUNKLINE_CONCURRENCY", 16, 1, 1_000),
    drainMs: integer("TRUNKLINE_DRAIN_SECONDS", 0, 0, 86_400) * 1_000,
    streamsPerUser: integer("TRUNKLINE_STREAMS_PER_USER", 200, 1, 100_000),
    requestsPerMinute: integer("TRUNKLINE_REQUESTS_PER_MINUTE", 60_000, 1, 100_000_000),
    metricsToken: secret("TRUNKLINE_METRICS_TOKEN"),
    trustedProxies: list("TRUNKLINE_TRUSTED_PROXIES"),
    allowedOrigins: list("TRUNKLINE_ALLOWED_ORIGINS"),
    allowedHosts: list("TRUNKLINE_ALLOWED_HOSTS"),
    web: oneOf("TRUNKLINE_WEB", ["on", "off", "dev"], "on"),
    backups:
      backupDirectory === undefined
        ? null
        : {
            directory: backupDirectory,
            everyMs: integer("TRUNKLINE_BACKUP_HOURS", 24, 1, 8_760) * 3_600_000,
            keep: integer("TRUNKLINE_BACKUP_KEEP", 7, 1, 1_000),
            withKeys: oneOf("TRUNKLINE_BACKUP_KEYS", ["on", "off"], "on") === "on",
          },
    traces,
    logTo: oneOf("TRUNKLINE_LOG_TO", ["both", "files", "stdout"], "both"),
    logLevel: oneOf(
      "TRUNKLINE_LOG_LEVEL",
      ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
      "info",
    ),
    models: readModels(variables),
    secrets: readSecrets(env, { variables, traces, databaseUrl }),
    toolEnvironment: pick({ ...env, PATH: pathWithoutNpm(env["PATH"]) }, ["PATH", "LANG", "LC_ALL", "TZ"]),
    sandbox: {
      mode: oneOf("TRUNKLINE_SANDBOX", ["auto", "required", "off"], "auto"),
    },
    network: readNetwork(variables),
    projects: readProjects(variables, env),
    forges: list("TRUNKLINE_FORGES"),
    titles: value("TRUNKLINE_TITLES") ?? "session",
    webFetch: oneOf("TRUNKLINE_WEB_FETCH", ["on", "off"], "on"),
    approvals: {
      mode: oneOf("TRUNKLINE_APPROVALS", ["auto", "always", "never"], "auto"),
      timeoutMs: integer("TRUNKLINE_APPROVAL_TIMEOUT_SECONDS", 86_400, 1, 31_536_000) * 1_000,
    },
    recoverUser: value("TRUNKLINE_RECOVER_USER"),
    node: nodeNameIn(value("TRUNKLINE_NODE_NAME")) ?? hostname(),
  };
}

/** @throws ConfigError */
function nodeNameIn(text: string | undefined): string | undefined {
  if (text === undefined || /^[\w.:-]{1,64}$/.test(text)) return text;
  throw new ConfigError("TRUNKLINE_NODE_NAME takes up to 64 letters, digits and any of . : - _");
}

/** @throws ConfigError, which does not repeat the value: it may hold a password. */
function databaseUrlIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1) return text;
  throw new ConfigError(
    "TRUNKLINE_DATABASE_URL takes postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters of the password " +
      "percent-encoded (@ as %40)",
  );
}
