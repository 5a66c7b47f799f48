import type { Principal } from "../principal.ts";
import type { SessionRef } from "../session.ts";
import type {
  EditTaskInput,
  ListTasksInput,
  MoveTaskInput,
  RetryTaskInput,
  SubmitTaskInput,
  SubmitTaskOutput,
  Task,
  TaskPage,
  TaskRef,
} from "../task.ts";

/** Every method throws TrunklineError; `not_found` also if the task is somebody else's. */
export interface TaskService {
  /** Resolves once the task is committed; it runs detached from the caller. */
  submit(principal: Principal, input: SubmitTaskInput): Promise<SubmitTaskOutput>;
  get(principal: Principal, input: TaskRef): Promise<Task>;
  list(principal: Principal, input: ListTasksInput): Promise<TaskPage>;
  /** Idempotent: a task that has ended is returned unchanged. */
  cancel(principal: Principal, input: TaskRef): Promise<Task>;
  /** Submits an ended task again as a new one. @throws `task_not_terminal`, `idempotency_conflict` */
  retry(principal: Principal, input: RetryTaskInput): Promise<Task>;
  /**
   * Submits a session's last task again if its setup made it fail. Any other task is returned unchanged.
   * @throws `setup_not_failed` where there is none
   */
  retrySetup(principal: Principal, input: SessionRef): Promise<Task>;
  /** Resumes a task that waits for a provider's limit to reset. Any other task is returned unchanged. */
  resume(principal: Principal, input: TaskRef): Promise<Task>;
  /** @throws `task_not_queued` if the task has started */
  edit(principal: Principal, input: EditTaskInput): Promise<Task>;
  /**
   * Makes a queued task a message for the session's running task, or the one that is next. Without such a task it is
   * returned unchanged: it runs next anyway.
   * @throws `task_not_queued` if the task has started; `steering_full`; `validation_failed` if it is too long
   */
  steer(principal: Principal, input: TaskRef): Promise<Task>;
  /** @throws `task_not_queued` if either task has started */
  move(principal: Principal, input: MoveTaskInput): Promise<Task>;
}
