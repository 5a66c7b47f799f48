import { Caller, CreateUserInput, ListUsersInput, RemoveUserInput, User, UserPage } from "../user.ts";
import { Invitation, InviteUserInput } from "../invitation.ts";
import { procedure, router } from "./procedure.ts";

export const userRouter = router({
  me: procedure.output(Caller).query(({ ctx }) => ctx.services.users.me(ctx.principal)),
  list: procedure
    .input(ListUsersInput)
    .output(UserPage)
    .query(({ ctx, input }) => ctx.services.users.list(ctx.principal, input)),
  create: procedure
    .input(CreateUserInput)
    .output(User)
    .mutation(({ ctx, input }) => ctx.services.users.create(ctx.principal, input)),
  invite: procedure
    .input(InviteUserInput)
    .output(Invitation)
    .mutation(({ ctx, input }) => ctx.services.users.invite(ctx.principal, input)),
  remove: procedure
    .input(RemoveUserInput)
    .output(User)
    .mutation(({ ctx, input }) => ctx.services.users.remove(ctx.principal, input)),
});
