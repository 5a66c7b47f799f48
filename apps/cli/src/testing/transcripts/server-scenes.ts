import { join } from "node:path";
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
    play: async (stage) => stage.type("doctor"),
  },
  {
    of: "login",
    says: "The link alone is on the standard output, so that it can be piped.",
    play: async (stage) => stage.type("login"),
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
