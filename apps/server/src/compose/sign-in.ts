import type { Auth } from "../auth/port.ts";
import type { Config } from "../config/config.ts";
import { publicOrigin } from "../http/site.ts";

/** Links that a server prints once it has started. */
export async function createLinks(
  auth: Pick<Auth, "createSignInCode" | "inviteAgain">,
  ownUrl: string,
  config: Pick<Config, "recoverUser" | "host" | "allowedHosts" | "allowedOrigins"> & {
    basePath?: string | undefined;
  },
): Promise<{ signInUrl: string; recovery: { userName: string; url: string } | null }> {
  const { recoverUser: userName, basePath = "" } = config;
  const origin = publicOrigin(config);
  // On loopback a browser of this machine finds it; elsewhere a cookie that is only for https keeps its own address from working.
  const isLocal = /^(?:127\.|localhost$|::1$)/.test(config.host);
  const url = origin === null || isLocal ? ownUrl : `${origin}${basePath}`;
  const recovery =
    userName === undefined
      ? null
      : { userName, url: `${url}/invite?code=${(await auth.inviteAgain(userName)).code}` };
  const { code } = await auth.createSignInCode("local");
  return { signInUrl: `${url}/sign-in?code=${code}`, recovery };
}
