import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { redeemInvitation, waitFor } from "@trunkline/testkit";
import type { Scene } from "./scene.ts";
import type { Stage } from "./stage.ts";

/** Of RFC 8291, section 5. */
const BROWSER = {
  endpoint: "https://push.example/send/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
  keys: {
    p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    auth: "BTBZMqHH6r4Tts7J_aSIgg",
  },
};
const ALICES_TOKEN = "alice.token";

async function tokenOf(stage: Stage, name: string): Promise<string | undefined> {
  const { items } = await stage.client.token.list.query({ everyone: true });
  return items.find((token) => token.userName === name)?.id;
}

/** After the task scenes: with a second user and no sandbox, commands are refused. */
export const ACCESS_SCENES: readonly Scene[] = [
  {
    of: "user add",
    says: "Users see only their own sessions.",
    play: async (stage) => {
      await stage.type("user add alice");
      await stage.type("user add Alice");
    },
  },
  {
    of: "user invite",
    says: "Send the link to the user and to nobody else: it works once, and lets nobody in beside them.",
    play: async (stage) => {
      await stage.type("user invite alice");
      const [user] = (await stage.client.user.list.query({ name: "alice" })).items;
      const { code } = await stage.client.user.invite.mutate({ userId: user!.id });
      const { secret } = await redeemInvitation(stage.url, code);
      await writeFile(join(stage.directory, ALICES_TOKEN), secret, { mode: 0o600 });
      await stage.type("user invite alice");
    },
  },
  {
    of: "token create",
    says: "For another machine of yours, or a program. It is shown only once, alone on the standard output.",
    play: async (stage) => {
      await stage.type("token create laptop --scope read --expires 30d");
      await stage.type(
        `token create more --scope admin --token-file ${join(stage.directory, ALICES_TOKEN)} --url ${stage.url}`,
      );
    },
  },
  {
    of: "token list",
    says: "Your own, a user's, or all; `--ended` includes revoked and expired ones.",
    play: async (stage) => {
      await waitFor("the use of a token to be noted", async () => {
        const { items } = await stage.client.token.list.query({ everyone: true });
        return items.some(({ userName, lastUsedAt }) => userName === "alice" && lastUsedAt !== null);
      });
      await stage.type("token list --user alice");
    },
  },
  {
    of: "token revoke",
    says: "Takes effect with the next request; live streams end within a second.",
    play: async (stage) => {
      const id = await tokenOf(stage, "alice");
      await stage.type(`token revoke ${id}`);
      await stage.type(`sessions --token-file ${join(stage.directory, ALICES_TOKEN)} --url ${stage.url}`);
    },
  },
  {
    of: "push list",
    says: "A browser adds itself in the web UI. `REACHED` is when its push service last took a notification.",
    play: async (stage) => {
      await stage.type("push list");
      await stage.client.push.subscribe.mutate({ ...BROWSER, device: "Chrome on Android" });
      await stage.type("push list");
    },
  },
  {
    of: "push remove",
    says: "For a device that is lost: revoking the token that it is signed in with ends its notifications, too.",
    play: async (stage) => {
      const [device] = (await stage.client.push.list.query()).items;
      await stage.type(`push remove ${device!.id}`);
      await stage.type("push list");
    },
  },
  {
    of: "user list",
    says: "Newest first. `local` is the server's own user; its token is in the data directory.",
    play: async (stage) => stage.type("user list"),
  },
  {
    of: "user remove",
    says: "Sessions are kept until the user is restored, or deleted with `--delete-sessions`.",
    play: async (stage) => {
      await stage.type("user remove alice");
      await stage.type("user add alice --restore --json");
      await stage.type("user remove alice --delete-sessions");
    },
  },
  {
    of: "audit",
    says: "What was done and what was refused.",
    play: async (stage) => {
      await waitFor("the refusals to be in the trail", async () => {
        const { items } = await stage.client.audit.list.query({ decision: "denied" });
        return items.length >= 2;
      });
      await stage.type("audit --limit 4");
      await stage.type("audit --denied --json");
    },
  },
];
