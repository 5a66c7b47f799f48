import {
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
import { procedure, router } from "./procedure.ts";

export const taskRouter = router({
  submit: procedure
    .input(SubmitTaskInput)
    .output(SubmitTaskOutput)
    .mutation(({ ctx, input }) => ctx.services.tasks.submit(ctx.principal, input)),
  get: procedure
    .input(TaskRef)
    .output(Task)
    .query(({ ctx, input }) => ctx.services.tasks.get(ctx.principal, input)),
  list: procedure
    .input(ListTasksInput)
    .output(TaskPage)
    .query(({ ctx, input }) => ctx.services.tasks.list(ctx.principal, input)),
  cancel: procedure
    .input(TaskRef)
    .output(Task)
    .mutation(({ ctx, input }) => ctx.services.tasks.cancel(ctx.principal, input)),
  retry: procedure
    .input(RetryTaskInput)
    .output(Task)
    .mutation(({ ctx, input }) => ctx.services.tasks.retry(ctx.principal, input)),
  resume: procedure
    .input(TaskRef)
    .output(Task)
    .mutation(({ ctx, input }) => ctx.services.tasks.resume(ctx.principal, input)),
  edit: procedure
    .input(EditTaskInput)
    .output(Task)
    .mutation(({ ctx, input }) => ctx.services.tasks.edit(ctx.principal, input)),
  steer: procedure
    .input(TaskRef)
    .output(Task)
    .mutation(({ ctx, input }) => ctx.services.tasks.steer(ctx.principal, input)),
  move: procedure
    .input(MoveTaskInput)
    .output(Task)
    .mutation(({ ctx, input }) => ctx.services.tasks.move(ctx.principal, input)),
});
