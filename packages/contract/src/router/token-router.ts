import { CreatedToken, CreateTokenInput, ListTokensInput, Token, TokenPage, TokenRef } from "../token.ts";
import { procedure, router } from "./procedure.ts";

export const tokenRouter = router({
  create: procedure
    .input(CreateTokenInput)
    .output(CreatedToken)
    .mutation(({ ctx, input }) => ctx.services.tokens.create(ctx.principal, input)),
  list: procedure
    .input(ListTokensInput)
    .output(TokenPage)
    .query(({ ctx, input }) => ctx.services.tokens.list(ctx.principal, input)),
  revoke: procedure
    .input(TokenRef)
    .output(Token)
    .mutation(({ ctx, input }) => ctx.services.tokens.revoke(ctx.principal, input)),
});
