import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { writeLegacyDirectory } from "../../import-alex/testing/legacy-directory.ts";
import type { Scene } from "./scene.ts";
import type { Stage } from "./stage.ts";

const EXPORTED = "notes.json";

/** A session with a tool's output in it. */
async function sessionOf(stage: Stage, prompt: string): Promise<string> {
  const { sessionId } = await stage.client.task.submit.mutate({ prompt });
  await stage.newestTask("completed");
  return sessionId;
}

export const SESSION_SCENES: readonly Scene[] = [
  {
    of: "sessions",
    says: "The last changed first; `--limit` says how many, `--title` which.",
    play: async (stage) => {
      await stage.type("sessions --limit 3");
      await stage.type("sessions --title hello");
    },
  },
  {
    of: "search",
    says: "Words of prompts, answers, and what tools were given and gave back.",
    play: async (stage) => {
      await sessionOf(stage, "run: printf %s%s wombat crossing");
      await stage.type("search wombatcrossing");
      await stage.type("search xylophone");
    },
  },
  {
    of: "fork",
    says: "A session that begins as another one, files included, and goes its own way.",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "write plan.txt: first this");
      await stage.type(`fork ${sessionId} --at 2 --title "another way"`);
    },
  },
  {
    of: "rename",
    says: "Until then it is called as its first prompt begins.",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "say: a draft");
      await stage.type(`rename ${sessionId} "The first draft"`);
    },
  },
  {
    of: "archive",
    says: "Out of sight, and back.",
    play: async (stage) => {
      const { id } = await stage.newestSession();
      await stage.type(`archive ${id}`);
      await stage.type("sessions --archived");
      await stage.type(`archive ${id} --undo`);
    },
  },
  {
    of: "delete",
    says: "It asks at a terminal; a script says `--yes`.",
    play: async (stage) => {
      const { id } = await stage.newestSession();
      await stage.type(`delete ${id} --yes`);
      await stage.type(`attach ${id}`);
    },
  },
  {
    of: "export",
    says: "As JSON, which can be imported again, or as Markdown, to be read; to the standard output or into a file.",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "run: echo kept");
      await stage.type(`export ${sessionId} --out ${join(stage.directory, EXPORTED)}`);
      await stage.type(`export ${sessionId} --format markdown`);
    },
  },
  {
    of: "import",
    says: "A new session of what was exported; under a key, only once.",
    play: async (stage) => {
      const file = join(stage.directory, EXPORTED);
      await stage.type(`import ${file} --key notes`);
      await stage.type("import - --key notes", {
        shown: `trunkline import - --key notes < ${file}`,
        stdin: await readFile(file, "utf8"),
      });
    },
  },
  {
    of: "import-alex",
    says: "The sessions of alex, which are read and never changed: first without writing anything, then in earnest.",
    play: async (stage) => {
      const home = join(stage.directory, "old");
      await writeLegacyDirectory(home, 24);
      await stage.type(`import-alex ${home} --dry-run`);
      await stage.type(`import-alex ${home}`);
    },
  },
];
