import { ConfigError, type Variables } from "./variables.ts";

/** Where traces go, as OpenTelemetry's variables have it. */
export interface TracesConfig {
  url: string;
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
  serviceName: string;
  attributes: Readonly<Record<string, string>>;
}

/**
 * OpenTelemetry's own variables (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). Without an endpoint there are no
 * traces. @throws ConfigError
 */
export function readTraces({ value, secret, integer }: Variables): TracesConfig | null {
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
