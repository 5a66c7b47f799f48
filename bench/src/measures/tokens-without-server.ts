import type { FakeProviderProcess } from "@trunkline/testkit";
import { tookMs } from "../processes/http-calls.ts";
import { readProcessTree } from "../processes/process-tree.ts";
import { Remote } from "../processes/remote.ts";
import type { DirectProtocol } from "../yardstick/direct-protocol.ts";
import type { BenchRun } from "./bench-run.ts";
import { checkTokens, type Load, promptOf, type StreamFigures, warmUpOf } from "./token-load.ts";

/** The same streams, read directly from the provider. */
export async function readDirectly(
  provider: FakeProviderProcess,
  load: Load,
  by: "fetch" | "sdk",
): Promise<StreamFigures> {
  await using direct = new Remote<DirectProtocol>("direct.ts");
  const request = { providerUrl: provider.url, by, prompt: promptOf(load) };
  await direct.ask("read", { ...request, streams: load.sessions, prompt: promptOf(warmUpOf(load)) });
  const before = readProcessTree(direct.pid);
  const read = await direct.ask("read", { ...request, streams: load.sessions });
  const after = readProcessTree(direct.pid);
  return {
    latenciesMs: read.latenciesUs.map((us) => us / 1_000),
    firstTokensMs: read.firstTokenAtUs.map((us) => (us - read.startedAtUs) / 1_000),
    cpuMs: after.cpuMs - before.cpuMs,
    tokens: checkTokens(read.tokens, load),
  };
}

/** The same number of submits to an idle server: the client's own cost. */
export async function postToRaw(run: BenchRun, load: Load): Promise<number[]> {
  await using raw = await run.startRaw();
  const acksMs: number[] = [];
  await raw.calls.warm(load.sessions);
  for (let round = 0; round <= load.rounds; round++) {
    const answers = await Promise.all(
      Array.from({ length: load.sessions }, () => raw.calls.post("/submit", { prompt: promptOf(load) })),
    );
    // The first round runs uncompiled code.
    if (round > 0) acksMs.push(...answers.map(tookMs));
  }
  return acksMs;
}
