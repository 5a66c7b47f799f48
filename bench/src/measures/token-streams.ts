import { FakeProviderProcess } from "@trunkline/testkit";
import { median, quantile } from "../report/quantile.ts";
import type { Row } from "../report/row.ts";
import type { BenchRun } from "./bench-run.ts";
import { type Load, type StreamFigures, TOKENS_PER_SECOND } from "./token-load.ts";
import { readThroughServer, type ServerFigures } from "./tokens-through-server.ts";
import { postToRaw, readDirectly } from "./tokens-without-server.ts";

/**
 * Tokens from the provider to a subscriber: latency, acknowledgement, CPU, memory; beside reading the provider
 * directly.
 */
export async function measureTokenStreams(run: BenchRun): Promise<Row[]> {
  await using provider = await FakeProviderProcess.start();
  const size = run.quick ? { tokens: 150, rounds: 1 } : { tokens: 300, rounds: 3 };
  const loads: Load[] = [
    { name: "1 session", sessions: 1, ...size },
    { name: "50 sessions", sessions: 50, ...size },
  ];
  if (!run.quick) loads.push({ name: "50 sessions, steady", sessions: 50, tokens: 1_500, rounds: 1 });

  const rows: Row[] = [];
  for (const load of loads) {
    const fetched = await readDirectly(provider, load, "fetch");
    const bySdk = await readDirectly(provider, load, "sdk");
    const rawAcksMs = await postToRaw(run, load);
    rows.push(...toRows(load, await readThroughServer(run, provider, load), { fetched, bySdk, rawAcksMs }));
  }
  return rows;
}

interface Yardsticks {
  fetched: StreamFigures;
  bySdk: StreamFigures;
  rawAcksMs: number[];
}

function toRows(load: Load, ours: ServerFigures, { fetched, bySdk, rawAcksMs }: Yardsticks): Row[] {
  const group = `Token stream, ${load.name} × ${load.tokens} tokens at ${TOKENS_PER_SECOND}/s`;
  const many = load.sessions > 1;
  const cpu = ({ cpuMs, tokens }: StreamFigures): number => (cpuMs / tokens) * 1_000;
  const row = (figure: Omit<Row, "group">): Row => ({ group, ...figure });
  const provider = "provider by fetch";
  return [
    row({
      measure: "token latency p50",
      unit: "ms",
      ours: median(ours.latenciesMs),
      yardstick: { what: provider, value: median(fetched.latenciesMs) },
      budget: { atMost: many ? 6 : 1.5 },
    }),
    row({
      measure: "token latency p99",
      unit: "ms",
      ours: quantile(ours.latenciesMs, 0.99),
      yardstick: { what: provider, value: quantile(fetched.latenciesMs, 0.99) },
      budget: { atMost: many ? 40 : 8 },
    }),
    row({
      measure: "submit to first token, p50",
      unit: "ms",
      ours: median(ours.firstTokensMs),
      yardstick: { what: provider, value: median(fetched.firstTokensMs) },
    }),
    row({
      measure: "submit to first token, p99",
      unit: "ms",
      ours: quantile(ours.firstTokensMs, 0.99),
      yardstick: { what: provider, value: quantile(fetched.firstTokensMs, 0.99) },
    }),
    row({
      measure: "submit acknowledged, p50",
      unit: "ms",
      ours: median(ours.acksMs),
      yardstick: { what: "raw node:http", value: median(rawAcksMs) },
      budget: many ? { atMost: 15 } : undefined,
    }),
    row({
      measure: "submit acknowledged, p99",
      unit: "ms",
      ours: quantile(ours.acksMs, 0.99),
      yardstick: { what: "raw node:http", value: quantile(rawAcksMs, 0.99) },
      budget: many ? { atMost: 50 } : undefined,
    }),
    row({
      measure: "CPU per 1,000 tokens",
      unit: "ms",
      ours: cpu(ours),
      yardstick: { what: "provider by SDK", value: cpu(bySdk) },
      budget: many ? { atMost: 110 } : undefined,
    }),
    row({
      measure: "CPU per 1,000 tokens",
      unit: "ms",
      ours: cpu(ours),
      yardstick: { what: provider, value: cpu(fetched) },
      budget: many ? { ratioAtMost: 4 } : undefined,
    }),
    row({ measure: "memory", unit: "MB", ours: ours.rssMB }),
    row({
      measure: "GET /health under this load, p99",
      unit: "ms",
      ours: quantile(ours.healthMs, 0.99),
      budget: many ? { atMost: 15 } : undefined,
    }),
  ];
}
