import type { Principal } from "../principal.ts";
import type {
  EditTaskInput,
  ListTasksInput,
  MoveTaskInput,
  SubmitTaskInput,
  SubmitTaskOutput,
  Task,
  TaskPage,
  TaskRef,
} from "../task.ts";

/** Every method throws TrunklineError: `not_found` also where the task belongs to somebody else. */
export interface TaskService {
  /** Resolves once the task is committed; it runs detached from the caller. */
  submit(principal: Principal, input: SubmitTaskInput): Promise<SubmitTaskOutput>;
  get(principal: Principal, input: TaskRef): Promise<Task>;
  list(principal: Principal, input: ListTasksInput): Promise<TaskPage>;
  /** Idempotent: a task that has ended is answered as it ended. */
  cancel(principal: Principal, input: TaskRef): Promise<Task>;
  /** A new task that does what an ended one was to do. @throws `task_not_terminal` */
  retry(principal: Principal, input: TaskRef): Promise<Task>;
  /** Tries a task now that waits for a provider's limit to reset. Any other task is answered as it is. */
  resume(principal: Principal, input: TaskRef): Promise<Task>;
  /** @throws `task_not_queued` once the task has started */
  edit(principal: Principal, input: EditTaskInput): Promise<Task>;
  /** @throws `task_not_queued` once either task has started */
  move(principal: Principal, input: MoveTaskInput): Promise<Task>;
}
