import { join } from "node:path";
import { PostgresServer } from "@trunkline/testkit";
import type { Scene } from "./scene.ts";

const BACKUP = "backup.db";

/** Before all other scenes: they need a server. */
export const OPENING_SCENES: readonly Scene[] = [
  {
    of: "serve",
    says: "In this terminal, or in the background.",
    play: async (stage) => stage.type("serve --detach --web off"),
  },
  {
    of: "doctor",
    says: "Checks the setup, and says what to do.",
    // What else is installed differs from machine to machine.
    play: async (stage) =>
      stage.type("doctor", { filter: (line) => !/^\S+ +(git|toolchains|model server) /.test(line) }),
  },
  {
    of: "config set",
    says: "A value is JSON or a text. What the server would refuse is not written.",
    play: async (stage) => {
      await stage.type("config set mcpPrivateHosts[0] tools.internal");
      await stage.type("config set providers.groq.kind groq");
    },
  },
  {
    of: "config get",
    says: "Prints all of it, or one setting.",
    play: async (stage) => stage.type("config get"),
  },
  {
    of: "config check",
    says: "Names each fault with its place.",
    play: async (stage) => stage.type("config check"),
  },
  {
    of: "config edit",
    says: "Opens a copy in the editor of VISUAL or EDITOR.",
    play: async (stage) => stage.type("config edit"),
  },
  {
    of: "logs",
    says: "Follows the server's log; `--task` and `--session` choose what it is about.",
    // Lines differ from run to run; here there are none of this level.
    play: async (stage) =>
      stage.type("logs --level error", { shown: "trunkline logs -f --level error", filter: () => false }),
  },
  {
    of: "login",
    says: "The link alone is on the standard output, so that it can be piped.",
    play: async (stage) => stage.type("login"),
  },
  {
    of: "whoami",
    says: "Where commands go, and as whom.",
    play: async (stage) => stage.type("whoami"),
  },
  {
    of: "service install",
    says: "Writes the unit; `--dry-run` shows it.",
    play: async (stage) =>
      // Where Node is differs from machine to machine.
      stage.type("service install --user --dry-run", { filter: (line) => !/^(#|ExecStart=)/.test(line) }),
  },
  {
    of: "service status",
    says: "Exits with 1 where it does not run.",
    play: async (stage) => stage.type("service status --user"),
  },
  {
    of: "service uninstall",
    says: "Removes the unit alone.",
    play: async (stage) => {
      await stage.type("service install --user");
      await stage.type("service uninstall --user");
    },
  },
  {
    of: "logout",
    says: "Forgets what `login URL` kept.",
    play: async (stage) => stage.type("logout"),
  },
  {
    of: "upgrade",
    says: "Says how, having looked at the data first: there is no way back.",
    play: async (stage) => stage.type("upgrade --to 0.0.1", { shown: "trunkline upgrade --to 0.0.1" }),
  },
  {
    of: "retention",
    says: "What the policy of trunkline.config.json removes within the next days.",
    play: async (stage) => stage.type("retention --days 30"),
  },
  {
    of: "drain",
    says: "Before a server of several is stopped or upgraded: it finishes what it runs, and the others do the rest.",
    play: async (stage) => {
      await stage.type("drain");
      await stage.type("drain --undo");
    },
  },
];

/** Of the providers that the server has. */
export const MODEL_SCENES: readonly Scene[] = [
  {
    of: "models list",
    says: "All of them, or those whose name has a text in it.",
    play: async (stage) => {
      await stage.type("models sonnet-5");
      await stage.type("models list demo");
    },
  },
  {
    of: "models key",
    says: "From a pipe, so that neither the shell's history nor the list of processes has it.",
    play: async (stage) => {
      await stage.type("models key anthropic", {
        stdin: "sk-ant-mine\n",
        shown: "pass show anthropic-key | trunkline models key anthropic",
      });
      await stage.type("models key anthropic --remove");
    },
  },
];

/** After all other scenes. */
export const CLOSING_SCENES: readonly Scene[] = [
  {
    of: "backup",
    says: "Copies the database; the server may be running.",
    play: async (stage) => stage.type(`backup ${join(stage.directory, BACKUP)}`),
  },
  {
    of: "stop",
    says: "Stops the server, however it was started.",
    play: async (stage) => {
      await stage.type("stop");
      await stage.type("tasks");
    },
  },
  {
    of: "vacuum",
    says: "Stop the server first. Frees what deleted sessions left behind.",
    play: async (stage) => stage.type("vacuum"),
  },
  {
    of: "restore",
    says: "Stop the server first. The old database is kept.",
    play: async (stage) => stage.type(`restore ${join(stage.directory, BACKUP)}`),
  },
  {
    of: "rotate-key",
    says: "Stop the server first. Needed where the key may have been seen.",
    play: async (stage) => stage.type("rotate-key"),
  },
  {
    of: "migrate-store",
    says: "Stop the server first. The other way works the same.",
    play: async (stage) => {
      await using postgres = await PostgresServer.start();
      const to = await postgres.createDatabase();
      await stage.type(`migrate-store --from ${join(stage.directory, "trunkline")} --to ${to}`, {
        shown:
          "trunkline migrate-store --from ~/.local/share/trunkline --to postgres://trunkline@db/trunkline",
      });
    },
  },
  {
    of: "completion",
    says: "For bash, zsh and fish.",
    play: async (stage) => {
      await stage.type("completion bash", {
        shown: "trunkline completion bash | head -n 3",
        filter: firstLines(3),
      });
    },
  },
];

function firstLines(count: number): () => boolean {
  let seen = 0;
  return () => {
    seen += 1;
    return seen <= count;
  };
}
