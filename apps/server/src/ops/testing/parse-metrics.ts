import { createRequire } from "node:module";

export interface ParsedMetric {
  name: string;
  help: string;
  type: "COUNTER" | "GAUGE" | "HISTOGRAM" | "SUMMARY" | "UNTYPED";
  metrics: readonly {
    labels?: Readonly<Record<string, string>>;
    value?: string;
    count?: string;
    sum?: string;
    buckets?: Readonly<Record<string, string>>;
  }[];
}

/** Somebody else's parser of Prometheus's text format; it has no types. @throws where the text is none */
export const parseMetrics = createRequire(import.meta.url)("parse-prometheus-text-format") as (
  text: string,
) => ParsedMetric[];
