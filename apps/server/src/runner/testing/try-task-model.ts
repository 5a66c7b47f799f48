import { assertLogHolds, assertReceivedEqualsLog } from "@trunkline/testkit";
import * as fc from "fast-check";
import { tryModel } from "../../store/testing/model-runs.ts";
import type { LosableStore } from "../../store/testing/losable-store.ts";
import { TemporaryDirectory } from "../../store/testing/temporary-directory.ts";
import { answer } from "./machine-approvals.ts";
import { machineCommands, submitToNew } from "./machine-commands.ts";
import { assertTask, endModelTask, type MachineModel, settle } from "./machine-model.ts";
import { MachineUnderTest } from "./machine-under-test.ts";

/** Lets everything run to its end, in the order of the queues. */
async function drain(model: MachineModel, real: MachineUnderTest): Promise<void> {
  await settle(model, real);
  for (;;) {
    while (model.tasks.some(({ state, open }) => state === "waiting" && open.length > 0)) {
      await answer(model, real, 0, "allow");
    }
    const task = model.tasks.find(({ state }) => state === "running");
    if (task === undefined) return;
    real.runs.byTask.get(task.id)?.complete();
    await real.until(
      `${task.prompt} to end`,
      async () => (await real.readTask(task.id)).state === "completed",
    );
    endModelTask(task, "completed");
    await settle(model, real);
  }
}

/** One queue and one running task per session, whatever happens; the log records it, and followers receive it. */
export async function tryTaskModel(what: string, createStore: () => Promise<LosableStore>): Promise<number> {
  const commands = fc.commands(machineCommands(), { maxCommands: 40, size: "max" });
  const property = fc.asyncProperty(commands, async (sequence) => {
    await using directory = await TemporaryDirectory.create();
    await using real = await MachineUnderTest.start(directory.path, await createStore());
    const model: MachineModel = { sessions: [], tasks: [] };
    for (const owner of [0, 1, 2]) await submitToNew(model, real, owner);
    await fc.asyncModelRun(() => ({ model, real }), sequence);
    await drain(model, real);
    await real.verify();
    for (const task of model.tasks) await assertTask(real, task);
    for (const { id } of model.sessions) assertLogHolds(await real.readLog(id));
    for (const follower of real.followers) {
      const log = await real.readLog(follower.sessionId);
      await follower.catchUp(log.at(-1)?.seq ?? 0);
      assertReceivedEqualsLog(follower.received, log);
    }
  });
  return tryModel(what, property);
}
