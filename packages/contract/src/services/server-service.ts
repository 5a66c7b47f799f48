import type { Principal } from "../principal.ts";
import type { ServerInfo } from "../server-info.ts";

export interface ServerService {
  info(principal: Principal): Promise<ServerInfo>;
}
