import type { TaskProcesses } from "../port.ts";
import { BackgroundProcess } from "./background-process.ts";

const MAX_RUNNING = 8;
/** Of a task; ended ones are forgotten, the oldest first. */
const MAX_KNOWN = 50;

/** Commands that tasks have left running on this node. */
export class BackgroundProcesses implements TaskProcesses {
  readonly #byTask = new Map<string, { started: number; list: BackgroundProcess[] }>();

  of(taskId: string): readonly BackgroundProcess[] {
    return this.#byTask.get(taskId)?.list ?? [];
  }

  /** @throws Error if the task has too many. */
  add(taskId: string, command: string): BackgroundProcess {
    const of = this.#byTask.get(taskId) ?? { started: 0, list: [] };
    if (of.list.filter(({ isRunning }) => isRunning).length >= MAX_RUNNING) {
      throw new Error(`${MAX_RUNNING} processes run in the background already: end one first`);
    }
    if (of.list.length >= MAX_KNOWN)
      of.list.splice(
        of.list.findIndex(({ isRunning }) => !isRunning),
        1,
      );
    of.started += 1;
    const process = new BackgroundProcess(`p${of.started}`, command);
    of.list.push(process);
    this.#byTask.set(taskId, of);
    return process;
  }

  /** Of one that could not be started. */
  remove(taskId: string, process: BackgroundProcess): void {
    const list = this.#byTask.get(taskId)?.list;
    list?.splice(list.indexOf(process), 1);
  }

  async endAll(taskId: string): Promise<number> {
    const list = this.of(taskId).filter(({ isRunning }) => isRunning);
    await Promise.all(list.map(async (process) => process.end()));
    this.#byTask.delete(taskId);
    return list.length;
  }
}
