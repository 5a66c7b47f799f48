import type {
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
import type { Principal } from "../principal.ts";

/**
 * Every method throws TrunklineError; `not_found` also for a server of somebody else or of a project that the caller
 * can't use, `forbidden` for one that only others may change.
 */
export interface McpService {
  list(principal: Principal, input: ListMcpServersInput): Promise<McpServerList>;
  /** Connects, if it is not connected, and waits for that for a few seconds. */
  get(principal: Principal, input: McpServerRef): Promise<McpServerDetail>;
  /** Ends the caller's connection and connects anew. */
  restart(principal: Principal, input: McpServerRef): Promise<McpServerDetail>;
  /** Begins to authorize the caller's use of a server over HTTP. @throws `mcp_failed`; `validation_failed` for the origin */
  authorize(principal: Principal, input: AuthorizeMcpServerInput): Promise<McpAuthorizationLink>;
  /**
   * Finishes it, once, for who began it: in the same browser, or by hand.
   * @throws `not_found` if the answer is to nothing of the caller's; `mcp_failed`
   */
  finishAuthorization(principal: Principal, input: FinishMcpAuthorizationInput): Promise<McpServerDetail>;
  /** Asks the server to write a prompt. @throws `mcp_failed` */
  prompt(principal: Principal, input: GetMcpPromptInput): Promise<McpPromptText>;
  /** @throws `mcp_exists` if there is one of this name; `quota_exceeded` */
  add(principal: Principal, input: AddMcpServerInput): Promise<McpServer>;
  /** @throws `mcp_exists` */
  update(principal: Principal, input: UpdateMcpServerInput): Promise<McpServer>;
  /** Ends its connections and deletes its secrets. @returns the server as it was */
  remove(principal: Principal, input: McpServerRef): Promise<McpServer>;
}
