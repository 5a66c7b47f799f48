import type { Auth } from "./auth/port.ts";
import type { Config } from "./config.ts";

/** Links that a server prints once it has started. */
export async function createLinks(
  auth: Pick<Auth, "createSignInCode" | "inviteAgain">,
  url: string,
  { recoverUser: userName }: Pick<Config, "recoverUser">,
): Promise<{ signInUrl: string; recovery: { userName: string; url: string } | null }> {
  const recovery =
    userName === undefined
      ? null
      : { userName, url: `${url}/invite?code=${(await auth.inviteAgain(userName)).code}` };
  const { code } = await auth.createSignInCode("local");
  return { signInUrl: `${url}/sign-in?code=${code}`, recovery };
}
