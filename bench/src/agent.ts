/**
 * `pnpm bench agent [--only NAME]`: tasks on small real repositories, with scripted and recorded answers in the place of a
 * model. It shows what a change of the prompt, the tools or the summaries costs: steps, tokens sent, what a provider's
 * cache would have had, calls that failed.
 *
 * `pnpm bench agent --record NAME --repository ms --prompt TEXT --check SHELL [--prepare SHELL]` has the model of the environment (see
 * README) work on a task, and keeps its answers in `src/agent/recordings`.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FakeProvider, ServerFixture } from "@trunkline/testkit";
import { record } from "./agent/record.ts";
import { readRecordings } from "./agent/recordings.ts";
import { formatFigures } from "./agent/report.ts";
import { runTask, type TaskFigures } from "./agent/run-task.ts";
import { MRI_TASKS } from "./agent/tasks/mri.ts";
import { MS_TASKS } from "./agent/tasks/ms.ts";
import { PICOMATCH_TASKS } from "./agent/tasks/picomatch.ts";
import { SEMVER_TASKS } from "./agent/tasks/semver.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    record: { type: "string" },
    repository: { type: "string", default: "ms" },
    prompt: { type: "string" },
    prepare: { type: "string" },
    check: { type: "string", default: "true" },
  },
});

if (values.record === undefined) await measure(values.only);
else await record({ ...values, name: values.record });

async function measure(only: string | undefined): Promise<void> {
  const scripted = [...MS_TASKS, ...MRI_TASKS, ...SEMVER_TASKS, ...PICOMATCH_TASKS];
  const groups = { scripted, recorded: await readRecordings() };
  const directory = await mkdtemp(join(tmpdir(), "trunkline-bench-agent-"));
  try {
    await using provider = await FakeProvider.start();
    await using server = await ServerFixture.start({
      env: { ...provider.serverEnv, TRUNKLINE_PROJECT_ROOTS: directory, TRUNKLINE_APPROVALS: "never" },
    });
    const failed: TaskFigures[] = [];
    for (const [group, tasks] of Object.entries(groups)) {
      const place = join(directory, group);
      await mkdir(place);
      const figures: TaskFigures[] = [];
      for (const task of tasks) {
        if (only !== undefined && task.name !== only) continue;
        figures.push(await runTask(task, { server, provider, directory: place }));
      }
      if (figures.length > 0) console.log(`\n${formatFigures(group, figures)}`);
      failed.push(...figures.filter(({ problem }) => problem !== null));
    }
    for (const { name, problem } of failed) console.error(`${name}: ${problem}`);
    if (failed.length > 0) process.exitCode = 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
