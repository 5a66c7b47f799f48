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
    play: async (stage) => stage.type("doctor", { filter: (line) => !/^\S+ +(git|toolchains) /.test(line) }),
  },
  {
    of: "login",
    says: "The link alone is on the standard output, so that it can be piped.",
    play: async (stage) => stage.type("login"),
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
    of: "restore",
    says: "Stop the server first. The old database is kept.",
    play: async (stage) => stage.type(`restore ${join(stage.directory, BACKUP)}`),
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
