import { CreatedShare, CreateShareInput, ListSharesInput, Share, ShareList, ShareRef } from "../share.ts";
import { procedure, router } from "./procedure.ts";

export const shareRouter = router({
  create: procedure
    .input(CreateShareInput)
    .output(CreatedShare)
    .mutation(({ ctx, input }) => ctx.services.shares.create(ctx.principal, input)),
  list: procedure
    .input(ListSharesInput)
    .output(ShareList)
    .query(({ ctx, input }) => ctx.services.shares.list(ctx.principal, input)),
  revoke: procedure
    .input(ShareRef)
    .output(Share)
    .mutation(({ ctx, input }) => ctx.services.shares.revoke(ctx.principal, input)),
});
