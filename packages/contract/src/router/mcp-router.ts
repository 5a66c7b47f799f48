import {
  AddMcpServerInput,
  AuthorizeMcpServerInput,
  FinishMcpAuthorizationInput,
  GetMcpPromptInput,
  ListMcpServersInput,
  McpAuthorizationLink,
  McpPromptText,
  McpServer,
  McpServerDetail,
  McpServerList,
  McpServerRef,
  UpdateMcpServerInput,
} from "../mcp.ts";
import { procedure, router } from "./procedure.ts";

export const mcpRouter = router({
  list: procedure
    .input(ListMcpServersInput)
    .output(McpServerList)
    .query(({ ctx, input }) => ctx.services.mcp.list(ctx.principal, input)),
  get: procedure
    .input(McpServerRef)
    .output(McpServerDetail)
    .query(({ ctx, input }) => ctx.services.mcp.get(ctx.principal, input)),
  restart: procedure
    .input(McpServerRef)
    .output(McpServerDetail)
    .mutation(({ ctx, input }) => ctx.services.mcp.restart(ctx.principal, input)),
  authorize: procedure
    .input(AuthorizeMcpServerInput)
    .output(McpAuthorizationLink)
    .mutation(({ ctx, input }) => ctx.services.mcp.authorize(ctx.principal, input)),
  finishAuthorization: procedure
    .input(FinishMcpAuthorizationInput)
    .output(McpServerDetail)
    .mutation(({ ctx, input }) => ctx.services.mcp.finishAuthorization(ctx.principal, input)),
  prompt: procedure
    .input(GetMcpPromptInput)
    .output(McpPromptText)
    .mutation(({ ctx, input }) => ctx.services.mcp.prompt(ctx.principal, input)),
  add: procedure
    .input(AddMcpServerInput)
    .output(McpServer)
    .mutation(({ ctx, input }) => ctx.services.mcp.add(ctx.principal, input)),
  update: procedure
    .input(UpdateMcpServerInput)
    .output(McpServer)
    .mutation(({ ctx, input }) => ctx.services.mcp.update(ctx.principal, input)),
  remove: procedure
    .input(McpServerRef)
    .output(McpServer)
    .mutation(({ ctx, input }) => ctx.services.mcp.remove(ctx.principal, input)),
});
