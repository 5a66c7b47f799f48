import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { writeLegacyDirectory } from "../../import-alex/testing/legacy-directory.ts";
import type { Scene } from "./scene.ts";
import type { Stage } from "./stage.ts";

const EXPORTED = "notes.json";

/** A session with tool output. */
async function sessionOf(stage: Stage, prompt: string): Promise<string> {
  const { sessionId } = await stage.client.task.submit.mutate({ prompt });
  await stage.newestTask("completed");
  return sessionId;
}

export const SESSION_SCENES: readonly Scene[] = [
  {
    of: "sessions",
    says: "Latest first; `--limit` says how many, `--title` which. Other commands take the id, the beginning of one, or `last`.",
    play: async (stage) => {
      await stage.type("sessions --limit 3");
      await stage.type("sessions --title hello");
    },
  },
  {
    of: "search",
    says: "Searches prompts, answers, tool inputs and outputs.",
    play: async (stage) => {
      await sessionOf(stage, "run: printf %s%s wombat crossing");
      await stage.type("search wombatcrossing");
      await stage.type("search xylophone");
    },
  },
  {
    of: "files",
    says: "Lists a directory of the session's workspace, or prints one of its files.",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "run: mkdir src && echo 'print(42)' > src/answer.py");
      await stage.type(`files ${sessionId}`);
      await stage.type(`files ${sessionId} src/answer.py --cat`);
    },
  },
  {
    of: "pull",
    says: "Takes the files of a session's workspace into a directory.",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "run: mkdir src && echo 'print(42)' > src/answer.py");
      await stage.type(`pull ${sessionId} ${join(stage.directory, "answer")}`);
      await stage.type(`pull ${sessionId} ${join(stage.directory, "answer")}`);
    },
  },
  {
    of: "share create",
    says: "For somebody who has no account here: the transcript, live, and nothing else.",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "say: Hello");
      await stage.type(`share create ${sessionId}`);
    },
  },
  {
    of: "share list",
    says: "A session's links; their secrets are shown once, when they are made.",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "say: Hello");
      await stage.client.share.create.mutate({ sessionId });
      await stage.type(`share list ${sessionId}`);
    },
  },
  {
    of: "share revoke",
    says: "At once, also for who reads by it now.",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "say: Hello");
      const { share } = await stage.client.share.create.mutate({ sessionId });
      await stage.type(`share revoke ${share.id}`);
    },
  },
  {
    of: "diff",
    says: "What a session changed, by edits and commands alike, as `git diff` prints it: `git apply` takes it.",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "run: mkdir src && echo 'print(42)' > src/answer.py");
      await stage.type(`diff ${sessionId} --stat`);
      await stage.type(`diff ${sessionId} src/answer.py`);
    },
  },
  {
    of: "revert",
    says: "Restores files as they were after an event; `--list` shows which. It can be undone, too.",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "run: mkdir src && echo 'print(42)' > src/answer.py");
      await stage.type(`revert ${sessionId}`);
      await stage.type(`revert ${sessionId} --to 2`);
    },
  },
  {
    of: "publish",
    says: "Takes a session's work out of its workspace, see [publish.md](publish.md).",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "say: hello");
      await stage.type(`publish ${sessionId}`);
    },
  },
  {
    of: "review",
    says: "State, checks and comments of what was published.",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "say: hello");
      await stage.type(`review ${sessionId}`);
    },
  },
  {
    of: "fork",
    says: "A new session with the history of another one, files included.",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "write plan.txt: first this");
      await stage.type(`fork ${sessionId} --at 2 --title "another way"`);
    },
  },
  {
    of: "rename",
    says: "By default the title is the beginning of the first prompt.",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "say: a draft");
      await stage.type(`rename ${sessionId} "The first draft"`);
    },
  },
  {
    of: "allow-host",
    says: "Where commands reach listed hosts only: with `TRUNKLINE_NETWORK=allowlist`, and in projects with that setting.",
    play: async (stage) => {
      const source = { kind: "git", url: "https://git.example.com/shop.git" } as const;
      const { id: projectId } = await stage.client.project.create.mutate({ name: "shop", source });
      const { id } = await stage.client.session.create.mutate({ projectId });
      await stage.type(`allow-host ${id} registry.example.com`);
      await stage.type(`allow-host ${id}`, { filter: (line) => /^Network|allowed/.test(line) });
    },
  },
  {
    of: "rules list",
    says: "The most specific first; `--session` adds those of a session and leaves out other projects.",
    play: async (stage) => {
      await stage.type("rules deny --command 'git push *'");
      await stage.type("rules list");
    },
  },
  {
    of: "rules allow",
    says: "Shown before it is saved at a terminal; scripts use `--yes` or none.",
    play: async (stage) => {
      await stage.type("rules allow --tool bash --command 'npm test *'");
    },
  },
  {
    of: "rules ask",
    says: "Calls that a rule asks about wait for an approval.",
    play: async (stage) => stage.type("rules ask --path '**/*.key'"),
  },
  {
    of: "rules deny",
    says: "A denial holds whatever other rules say.",
    play: async (stage) => stage.type("rules deny --host '*.example.com' --expires 7d"),
  },
  {
    of: "rules delete",
    says: "Ends a rule: of yours, or with `--session` of that session.",
    play: async (stage) => {
      const { items } = await stage.client.rule.list.query({});
      for (const { id } of items) await stage.type(`rules delete ${id}`);
    },
  },
  {
    of: "archive",
    says: "Hides a session, and brings it back.",
    play: async (stage) => {
      const { id } = await stage.newestSession();
      await stage.type(`archive ${id}`);
      await stage.type("sessions --archived");
      await stage.type(`archive ${id} --undo`);
    },
  },
  {
    of: "delete",
    says: "Asks at a terminal; scripts use `--yes`.",
    play: async (stage) => {
      const { id } = await stage.newestSession();
      await stage.type(`delete ${id} --yes`);
      await stage.type(`attach ${id}`);
    },
  },
  {
    of: "export",
    says: "As JSON, which can be imported, or Markdown, for reading; to the standard output or a file.",
    play: async (stage) => {
      const sessionId = await sessionOf(stage, "run: echo kept");
      await stage.type(`export ${sessionId} --out ${join(stage.directory, EXPORTED)}`);
      await stage.type(`export ${sessionId} --format markdown`);
    },
  },
  {
    of: "import",
    says: "Creates a session from an export; with a key, only once.",
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
    says: "Imports sessions from alex, whose files are never changed: first a dry run, then for real.",
    play: async (stage) => {
      const home = join(stage.directory, "old");
      await writeLegacyDirectory(home, 24);
      await stage.type(`import-alex ${home} --dry-run`);
      await stage.type(`import-alex ${home}`);
    },
  },
];
