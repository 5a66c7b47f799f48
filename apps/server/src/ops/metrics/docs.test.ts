import { readFileSync } from "node:fs";
import { parser } from "@prometheus-io/lezer-promql";

import { beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { parseMetrics } from "../testing/parse-metrics.ts";
import { Metrics } from "./metrics.ts";

const read = (name: string) =>
  readFileSync(new URL(`../../../../../docs/ops/${name}`, import.meta.url), "utf8");

/** Name of every series that a server answers, whatever it has done. */
const series = new Set<string>();
beforeAll(async () => {
  using metrics = new Metrics(() => []);
  metrics.from({
    version: "0",
    node: "a",
    tasks: async () => new Map([["working", 1]]),
    running: () => 0,
    holdsLease: () => true,
    streams: () => 0,
    outbox: async () => [{ name: "search", waiting: 0, lagMs: 0, failures: 0 }],
    disk: async () => ({ freeBytes: 1, totalBytes: 2 }),
    diskBudget: () => ({ usedBytes: 1, budgetBytes: 2 }),
    deadWorkers: () => [["web", 0]],
  });
  for (const { name, type } of parseMetrics(await metrics.text())) {
    if (type === "HISTOGRAM") for (const end of ["_bucket", "_sum", "_count"]) series.add(name + end);
    else series.add(name);
  }
});

/** Of Prometheus itself. */
const ITS_OWN = ["up"];

/** @returns the metrics that a query names. @throws Error if it is no PromQL */
function metricsOf(query: string): string[] {
  // Grafana replaces its variables before it asks.
  const text = query.replaceAll("$__rate_interval", "5m");
  const names: string[] = [];
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${text}`);
      if (node.name === "VectorSelector")
        names.push(/^[a-zA-Z_:][\w:]*/.exec(text.slice(node.from))?.[0] ?? "");
    },
  });
  return names;
}

function expectKnown(query: string): void {
  const names = metricsOf(query);
  expect(names).not.toEqual([]);
  for (const name of names) expect([...series, ...ITS_OWN], query).toContain(name);
}

const Panel = z.object({
  id: z.int(),
  title: z.string().min(1),
  type: z.enum(["timeseries", "stat", "table"]),
  gridPos: z.object({
    x: z.int().min(0).max(23),
    y: z.int().min(0),
    w: z.int().min(1).max(24),
    h: z.int().min(1),
  }),
  targets: z.array(z.object({ expr: z.string(), legendFormat: z.string(), refId: z.string() })).min(1),
});
const Dashboard = z.object({
  uid: z.string().max(40),
  title: z.string(),
  schemaVersion: z.int(),
  templating: z.object({ list: z.array(z.object({ name: z.string(), definition: z.string().optional() })) }),
  panels: z.array(Panel),
});

it("every query of the dashboard is PromQL over metrics that exist", () => {
  const { panels, templating } = Dashboard.parse(JSON.parse(read("grafana-dashboard.json")));
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const { targets } of panels) for (const { expr } of targets) expectKnown(expr);
  for (const { definition } of templating.list) {
    const [, name] = /^label_values\((\w+),/.exec(definition ?? "label_values(trunkline_info,") ?? [];
    expect(series).toContain(name);
  }
});

it("no metric is missing on the dashboard", () => {
  const shown = new Set(
    Dashboard.parse(JSON.parse(read("grafana-dashboard.json"))).panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => metricsOf(expr)),
    ),
  );
  const families = [...series].map((name) => name.replace(/_(bucket|sum|count)$/, ""));
  const isShown = (family: string) => [...shown].some((name) => name.startsWith(family));
  // The variable `$instance` is of the one; the other is for Prometheus's own graphs.
  const elsewhere = ["trunkline_info", "process_start_time_seconds"];
  expect(families.filter((family) => !isShown(family) && !elsewhere.includes(family))).toEqual([]);
});

const Rules = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Trunkline\w+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(["warning", "critical"]) }),
          annotations: z.strictObject({ summary: z.string(), description: z.string() }),
        }),
      ),
    }),
  ),
});

it("every alert rule is PromQL over metrics that exist", () => {
  const { groups } = Rules.parse(parse(read("alerts.yml")));
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(5);
  for (const { expr } of rules) expectKnown(expr);
});
