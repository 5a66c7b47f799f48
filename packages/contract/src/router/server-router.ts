import { ServerInfo } from "../server-info.ts";
import { procedure, router } from "./procedure.ts";

export const serverRouter = router({
  info: procedure.output(ServerInfo).query(({ ctx }) => ctx.services.server.info(ctx.principal)),
});
