import assert from "node:assert/strict";
import { join } from "node:path";
import { fileSign } from "./file-sign.ts";
import { killTask, MADE } from "./kill-task.ts";
import type { ReposBench } from "./repos-bench.ts";
import { bash, type SeedRun } from "./seed-run.ts";
import { CALL_KILLED_WITHIN_MS } from "./stages.ts";

/** Written before the files are changed. */
const JOURNAL = "revert";

/** Whatever the kill hit: all of the files are there, or none; and what was acknowledged holds. */
export async function killRevert(
  bench: ReposBench,
  run: SeedRun,
  { source, seed }: { source: string; seed: number },
): Promise<string | null> {
  const { sessionId } = await killTask(bench, run, { source });
  const { client } = run;
  const { items } = await client.session.checkpoints.query({ sessionId });
  const first = items.at(-1);
  assert(first !== undefined, "there are checkpoints");
  const call = client.session.revert.mutate({ sessionId, toSeq: first.seq }).then(
    () => true,
    () => false,
  );
  const repository = join(bench.server.dataDir, "checkpoints", sessionId);
  const killing = run.kill(
    CALL_KILLED_WITHIN_MS,
    seed % 2 === 0 ? undefined : fileSign(repository, JOURNAL, call),
  );
  const isAcknowledged = await call;
  await killing;
  const prompt = bash("ls made 2>/dev/null | wc -l; git status --porcelain | grep -c made || true");
  const { log, outputs } = await run.run({ prompt, sessionId });
  const count = outputs[0]?.split("\n")[0];
  assert(
    (isAcknowledged ? ["0"] : ["0", String(MADE)]).includes(count ?? ""),
    `${count} files after a revert`,
  );
  const reverted = log.some(({ type }) => type === "workspace.reverted");
  assert.equal(reverted, count === "0", "the log says what happened to the files");
  if (isAcknowledged) return null;
  return reverted ? "files reverted" : "files untouched";
}
