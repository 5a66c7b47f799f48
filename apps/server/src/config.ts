import { existsSync, readFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join, resolve } from "node:path";

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
  /** Where traces go; null: nowhere. As OpenTelemetry's variables have it. */
  traces: {
    url: string;
    headers: Readonly<Record<string, string>>;
    timeoutMs: number;
    serviceName: string;
    attributes: Readonly<Record<string, string>>;
  } | null;
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
  /** The network of commands in the sandbox. */
  network: {
    /** Of sessions without a project. `off`: none. `allowlist`: listed hosts. `on`: the machine's own, loopback too. */
    mode: "off" | "allowlist" | "on";
    /** Projects can't open it either. */
    isOffForAll: boolean;
    /** Who may allow a session's commands further hosts. */
    allowing: "users" | "admins";
    /** The list: names of presets, and hosts. */
    hosts: readonly string[];
  };
  projects: {
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
  };
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

function pick(env: Record<string, string | undefined>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Of npm's own scripts, which ends what it puts before a search path. */
const NPM_PART = /^(?:.*:)?[^:]*\/@npmcli\/run-script\/lib\/node-gyp-bin(?::|$)/;

/** `npx` and `npm start` put directories of wherever they were called before it, which are no toolchains of commands. */
function pathWithoutNpm(path: string | undefined): string | undefined {
  return path?.replace(NPM_PART, "");
}

export interface ModelConfig {
  /** `provider:model`; absent: the first provider with a key, else `demo`. */
  model: string | undefined;
  openaiApiKey: string | undefined;
  /** Of a server that speaks OpenAI's chat completions. */
  openaiBaseUrl: string | undefined;
  /** Of OpenAI itself. */
  openaiResponsesBaseUrl: string | undefined;
  anthropicApiKey: string | undefined;
  anthropicBaseUrl: string | undefined;
  googleApiKey: string | undefined;
  googleBaseUrl: string | undefined;
  /** Most tokens of one answer; absent: as the provider has it. */
  maxOutputTokens: number | undefined;
  /** Patience with a provider, in ms. */
  patience: {
    /** Until the first words of an answer, while the provider shows no other sign of life. */
    startMs: number;
    /** Between two signs of life after that. */
    idleMs: number;
  };
}

/** A setting that cannot be used; its message names the variable and says what it takes. */
class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** @throws ConfigError */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const value = (name: string): string | undefined => env[name]?.trim() || undefined;
  /** Of the variable, or the content of the file that NAME_FILE names, as secrets are handed to containers. */
  const secret = (name: string): string | undefined => value(name) ?? contentOf(value(`${name}_FILE`), name);
  const integer = (name: string, fallback: number, min: number, max: number): number => {
    const text = value(name);
    if (text === undefined) return fallback;
    const number = Number(text);
    if (!Number.isInteger(number) || number < min || number > max) {
      throw new ConfigError(`${name} takes a whole number from ${min} to ${max}, not '${text}'`);
    }
    return number;
  };
  const oneOf = <const T extends string>(name: string, choices: readonly T[], fallback: T): T => {
    const text = value(name);
    if (text === undefined) return fallback;
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) throw new ConfigError(`${name} takes ${choices.join(", ")}, not '${text}'`);
    return choice;
  };
  const list = (name: string): string[] =>
    (value(name) ?? "")
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");

  // The second is the first's name of before.
  const networkMode = (): Config["network"]["mode"] => {
    const before = oneOf("TRUNKLINE_SANDBOX_NETWORK", ["on", "off"], "off");
    const mode = oneOf("TRUNKLINE_NETWORK", ["off", "allowlist", "on"], before);
    if (value("TRUNKLINE_SANDBOX_NETWORK") !== undefined && mode !== before) {
      throw new ConfigError(
        "TRUNKLINE_NETWORK and TRUNKLINE_SANDBOX_NETWORK contradict each other: unset the latter",
      );
    }
    return mode;
  };

  // A quoted `~` is not expanded by the shell, and nobody means a directory of that name.
  const absolute = (path: string): string =>
    path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : resolve(path);
  const directory = (name: string): string | undefined => {
    const path = value(name);
    return path === undefined ? undefined : absolute(path);
  };
  const directories = (name: string): string[] =>
    (value(name) ?? "")
      .split(":")
      .filter((path) => path.trim() !== "")
      .map((path) => absolute(path.trim()));
  const dataDir =
    directory("TRUNKLINE_DATA_DIR") ??
    join(value("XDG_DATA_HOME") ?? join(homedir(), ".local", "share"), "trunkline");

  const configFile = directory("TRUNKLINE_CONFIG_FILE");
  if (configFile !== undefined && !existsSync(configFile)) {
    throw new ConfigError(`TRUNKLINE_CONFIG_FILE names ${configFile}, which does not exist`);
  }

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
    traces: tracesIn({ value, secret, integer }),
    logTo: oneOf("TRUNKLINE_LOG_TO", ["both", "files", "stdout"], "both"),
    logLevel: oneOf(
      "TRUNKLINE_LOG_LEVEL",
      ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
      "info",
    ),
    models: {
      model: value("TRUNKLINE_MODEL"),
      openaiApiKey: secret("OPENAI_API_KEY"),
      openaiBaseUrl: value("OPENAI_BASE_URL"),
      openaiResponsesBaseUrl: value("OPENAI_RESPONSES_BASE_URL"),
      anthropicApiKey: secret("ANTHROPIC_API_KEY"),
      anthropicBaseUrl: value("ANTHROPIC_BASE_URL"),
      googleApiKey: secret("GOOGLE_GENERATIVE_AI_API_KEY"),
      googleBaseUrl: value("GOOGLE_GENERATIVE_AI_BASE_URL"),
      maxOutputTokens:
        value("TRUNKLINE_MAX_OUTPUT_TOKENS") === undefined
          ? undefined
          : integer("TRUNKLINE_MAX_OUTPUT_TOKENS", 0, 1, 100_000_000),
      patience: {
        startMs: integer("TRUNKLINE_MODEL_START_TIMEOUT_SECONDS", 600, 1, 86_400) * 1_000,
        idleMs: integer("TRUNKLINE_MODEL_IDLE_TIMEOUT_SECONDS", 300, 1, 86_400) * 1_000,
      },
    },
    secrets: [
      ...secretsIn(env),
      ...Object.values(tracesIn({ value, secret, integer })?.headers ?? {}),
      ...SECRETS_IN_FILES.flatMap((name) => secret(name) ?? []),
      ...passwordIn(databaseUrl ?? ""),
    ],
    toolEnvironment: pick({ ...env, PATH: pathWithoutNpm(env["PATH"]) }, ["PATH", "LANG", "LC_ALL", "TZ"]),
    sandbox: {
      mode: oneOf("TRUNKLINE_SANDBOX", ["auto", "required", "off"], "auto"),
    },
    network: {
      mode: networkMode(),
      isOffForAll:
        networkMode() === "off" &&
        (value("TRUNKLINE_NETWORK") ?? value("TRUNKLINE_SANDBOX_NETWORK")) !== undefined,
      allowing: oneOf("TRUNKLINE_NETWORK_ALLOWING", ["users", "admins"], "users"),
      hosts:
        value("TRUNKLINE_NETWORK_HOSTS") === undefined ? ["registries"] : list("TRUNKLINE_NETWORK_HOSTS"),
    },
    projects: {
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
    },
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

const SECRETS_IN_FILES = [
  "TRUNKLINE_METRICS_TOKEN",
  "OPENAI_API_KEY",
  "ANTHROPIC_API_KEY",
  "GOOGLE_GENERATIVE_AI_API_KEY",
];

/** @throws ConfigError */
function contentOf(path: string | undefined, name: string): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "utf8").trim() || undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`${name}_FILE names ${path}, which can't be read (${code})`);
  }
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

/** @throws ConfigError */
function nodeNameIn(text: string | undefined): string | undefined {
  if (text === undefined || /^[\w.:-]{1,64}$/.test(text)) return text;
  throw new ConfigError("TRUNKLINE_NODE_NAME takes up to 64 letters, digits and any of . : - _");
}

/**
 * OpenTelemetry's own variables (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). Without an endpoint there are no
 * traces. @throws ConfigError
 */
function tracesIn({
  value,
  secret,
  integer,
}: {
  value: (name: string) => string | undefined;
  secret: (name: string) => string | undefined;
  integer: (name: string, fallback: number, min: number, max: number) => number;
}): Config["traces"] {
  const own = value("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  const shared = value("OTEL_EXPORTER_OTLP_ENDPOINT");
  const isOff = value("OTEL_SDK_DISABLED") === "true" || value("OTEL_TRACES_EXPORTER") === "none";
  if ((own ?? shared) === undefined || isOff) return null;
  const url = own ?? `${shared?.replace(/\/$/, "")}/v1/traces`;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new ConfigError("OTEL_EXPORTER_OTLP_ENDPOINT takes an address such as http://127.0.0.1:4318");
  }
  const protocol =
    value("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? value("OTEL_EXPORTER_OTLP_PROTOCOL") ?? "http/json";
  if (protocol === "grpc") {
    throw new ConfigError(
      "OTEL_EXPORTER_OTLP_PROTOCOL: traces are sent as http/json. Name the collector's HTTP endpoint, usually port 4318",
    );
  }
  return {
    url,
    headers: pairsIn(
      "OTEL_EXPORTER_OTLP_HEADERS",
      secret("OTEL_EXPORTER_OTLP_TRACES_HEADERS") ?? secret("OTEL_EXPORTER_OTLP_HEADERS"),
    ),
    timeoutMs: integer("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000, 1, 600_000),
    serviceName: value("OTEL_SERVICE_NAME") ?? "trunkline",
    attributes: pairsIn("OTEL_RESOURCE_ATTRIBUTES", value("OTEL_RESOURCE_ATTRIBUTES")),
  };
}

/** `key=value,key=value`, percent-encoded. @throws ConfigError, which repeats no value: one may be secret. */
function pairsIn(name: string, text = ""): Record<string, string> {
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key = "", encoded = ""] = /^\s*([^=\s]+)\s*=(.*)$/.exec(pair) ?? [];
      try {
        if (key !== "") return [key, decodeURIComponent(encoded.trim())];
      } catch {
        // Not percent-encoded: said below.
      }
      throw new ConfigError(`${name} takes key=value pairs, separated by commas and percent-encoded`);
    }),
  );
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

/** How variables are called that hold what nobody may see: ours, a cloud's, a database's. */
const SECRET_NAMES = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(?:_|$)/i;

/** Values of those, and passwords in addresses. */
function secretsIn(env: Record<string, string | undefined>): string[] {
  return Object.entries(env).flatMap(([name, text]) => {
    const value = text?.trim() ?? "";
    // Where a secret is, is none.
    if (!SECRET_NAMES.test(name) || name.endsWith("_FILE")) return passwordIn(value);
    return value === "" ? [] : [value];
  });
}

function passwordIn(url: string): string[] {
  const password = URL.parse(url)?.password ?? "";
  return password === "" ? [] : [password];
}
