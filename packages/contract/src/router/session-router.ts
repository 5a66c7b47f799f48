import { tracked } from "@trpc/server";
import {
  Changes,
  CheckpointPage,
  FileDiff,
  ListChangesInput,
  ListCheckpointsInput,
  ReadDiffInput,
  RevertSessionInput,
} from "../checkpoint.ts";
import { TrunklineError } from "../error.ts";
import {
  ArchivedWork,
  ArchiveWorkInput,
  BringBackInput,
  Publication,
  PublicationRef,
  Published,
  PublishInput,
} from "../publication.ts";
import {
  CreateSessionInput,
  DeleteSessionInput,
  EventPage,
  ForkSessionInput,
  ListEventsInput,
  ListSessionsInput,
  Session,
  SessionDetail,
  SessionPage,
  SessionRef,
  SubscribeInput,
  UpdateSessionInput,
} from "../session.ts";
import { ImportSessionInput, ImportSessionOutput, SessionDocument } from "../session-document.ts";
import { AllowHostInput, SessionNetwork } from "../session-network.ts";
import { SubmitTaskOutput, Task } from "../task.ts";
import { procedure, router, streamSignal, toTRPCError } from "./procedure.ts";

export const sessionRouter = router({
  create: procedure
    .input(CreateSessionInput)
    .output(Session)
    .mutation(({ ctx, input }) => ctx.services.sessions.create(ctx.principal, input)),
  get: procedure
    .input(SessionRef)
    .output(SessionDetail)
    .query(({ ctx, input }) => ctx.services.sessions.get(ctx.principal, input)),
  list: procedure
    .input(ListSessionsInput)
    .output(SessionPage)
    .query(({ ctx, input }) => ctx.services.sessions.list(ctx.principal, input)),
  events: procedure
    .input(ListEventsInput)
    .output(EventPage)
    .query(({ ctx, input }) => ctx.services.sessions.events(ctx.principal, input)),

  update: procedure
    .input(UpdateSessionInput)
    .output(Session)
    .mutation(({ ctx, input }) => ctx.services.sessions.update(ctx.principal, input)),
  fork: procedure
    .input(ForkSessionInput)
    .output(Session)
    .mutation(({ ctx, input }) => ctx.services.sessions.fork(ctx.principal, input)),
  retrySetup: procedure
    .input(SessionRef)
    .output(Task)
    .mutation(({ ctx, input }) => ctx.services.tasks.retrySetup(ctx.principal, input)),
  delete: procedure
    .input(DeleteSessionInput)
    .output(Session)
    .mutation(({ ctx, input }) => ctx.services.sessions.delete(ctx.principal, input)),
  checkpoints: procedure
    .input(ListCheckpointsInput)
    .output(CheckpointPage)
    .query(({ ctx, input }) => ctx.services.checkpoints.checkpoints(ctx.principal, input)),
  changes: procedure
    .input(ListChangesInput)
    .output(Changes)
    .query(({ ctx, input }) => ctx.services.checkpoints.changes(ctx.principal, input)),
  diff: procedure
    .input(ReadDiffInput)
    .output(FileDiff)
    .query(({ ctx, input }) => ctx.services.checkpoints.diff(ctx.principal, input)),
  revert: procedure
    .input(RevertSessionInput)
    .output(Session)
    .mutation(({ ctx, input }) => ctx.services.checkpoints.revert(ctx.principal, input)),
  export: procedure
    .input(SessionRef)
    .output(SessionDocument)
    .query(({ ctx, input }) => ctx.services.sessions.export(ctx.principal, input)),
  import: procedure
    .input(ImportSessionInput)
    .output(ImportSessionOutput)
    .mutation(({ ctx, input }) => ctx.services.sessions.import(ctx.principal, input)),

  network: procedure
    .input(SessionRef)
    .output(SessionNetwork)
    .query(({ ctx, input }) => ctx.services.network.ofSession(ctx.principal, input)),
  allowHost: procedure
    .input(AllowHostInput)
    .output(SessionNetwork)
    .mutation(({ ctx, input }) => ctx.services.network.allowHost(ctx.principal, input)),
  publish: procedure
    .input(PublishInput)
    .output(Published)
    .mutation(({ ctx, input }) => ctx.services.publications.publish(ctx.principal, input)),
  publication: procedure
    .input(PublicationRef)
    .output(Publication)
    .query(({ ctx, input }) => ctx.services.publications.publication(ctx.principal, input)),
  bringBack: procedure
    .input(BringBackInput)
    .output(SubmitTaskOutput)
    .mutation(({ ctx, input }) => ctx.services.publications.bringBack(ctx.principal, input)),
  archiveWork: procedure
    .input(ArchiveWorkInput)
    .output(ArchivedWork)
    .mutation(({ ctx, input }) => ctx.services.publications.archiveWork(ctx.principal, input)),
  restoreWork: procedure
    .input(SessionRef)
    .output(Session)
    .mutation(({ ctx, input }) => ctx.services.publications.restoreWork(ctx.principal, input)),

  // No output schema: events were validated when appended, and validating each again would slow the stream.
  subscribe: procedure.input(SubscribeInput).subscription(async function* ({ ctx, input, signal }) {
    let cursor = input.lastEventId ?? 0;
    try {
      for await (const batch of ctx.services.sessions.subscribe(ctx.principal, input, streamSignal(signal))) {
        cursor = batch.events.at(-1)?.seq ?? cursor;
        yield tracked(String(cursor), batch);
      }
    } catch (error) {
      if (error instanceof TrunklineError) throw toTRPCError(error);
      throw error;
    }
  }),
});
