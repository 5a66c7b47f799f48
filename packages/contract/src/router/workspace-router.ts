import { ListWorkspaceInput, ReadWorkspaceInput, WorkspacePage, WorkspaceText } from "../workspace.ts";
import { procedure, router } from "./procedure.ts";

export const workspaceRouter = router({
  list: procedure
    .input(ListWorkspaceInput)
    .output(WorkspacePage)
    .query(({ ctx, input }) => ctx.services.workspaces.list(ctx.principal, input)),
  read: procedure
    .input(ReadWorkspaceInput)
    .output(WorkspaceText)
    .query(({ ctx, input }) => ctx.services.workspaces.read(ctx.principal, input)),
});
