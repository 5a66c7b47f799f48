import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Dice } from "./dice.ts";
import { makeStory } from "./make-story.ts";
import { renderStory } from "./render-story.ts";
import type { Story } from "./story.ts";

export interface LegacyDirectory {
  stories: Story[];
  /** Files that can't be imported, by name. */
  misfits: Map<string, string>;
}

/** Writes a home directory of the original: `count` good sessions plus one bad file of each kind. */
export async function writeLegacyDirectory(home: string, count: number): Promise<LegacyDirectory> {
  const stories = Array.from({ length: count }, (_, number) => makeStory(number));
  const seconds = stories.filter(({ generation }) => generation === "second");
  seconds.slice(1, 9).forEach((story, index) => (story.forkedFrom = seconds[index]!.id));
  seconds.at(-1)!.forkedFrom = "session-of-another-machine";
  const dice = new Dice(4);
  for (const story of stories.filter((_, index) => index % 7 === 0)) {
    story.costs = Array.from({ length: dice.between(1, 3) }, () => ({
      inputTokens: dice.between(1, 9_999),
      outputTokens: dice.between(1, 999),
      totalCost: dice.between(1, 1_000) / 10_000,
    }));
  }

  const sessions = join(home, ".alex-sessions");
  await mkdir(sessions, { recursive: true });
  await mkdir(join(home, ".deep-coding-sessions"));
  for (const [number, story] of stories.entries()) await writeStory(home, story, number);
  await writeCosts(home, stories);
  return { stories, misfits: await writeMisfits(sessions, stories[0]!) };
}

async function writeStory(home: string, story: Story, number: number): Promise<void> {
  const directory = join(
    home,
    story.generation === "deep-coding" ? ".deep-coding-sessions" : ".alex-sessions",
  );
  const path = join(directory, `${story.id}.json`);
  await writeFile(path, renderStory(story, number));
  await utimes(path, story.fileTime / 1_000, story.fileTime / 1_000);
  if (story.plan !== null) await writeFile(join(directory, `${story.id}_todo.md`), planFile(story.plan));
}

function planFile(plan: NonNullable<Story["plan"]>): string {
  const section = (title: string, mark: string, status: string): string => {
    const items = plan.filter((item) => item.status === status).map(({ text }) => `${mark} ${text}`);
    return [`## ${title}`, "", ...items, ""].join("\n");
  };
  return `# Todos\n\n${section("In Progress", "→", "active")}${section("Pending", "☐", "pending")}${section("Completed", "✓", "done")}`;
}

async function writeCosts(home: string, stories: readonly Story[]): Promise<void> {
  const directory = join(home, ".alex-costs", "2025-10-02");
  await mkdir(directory, { recursive: true });
  const records = stories.flatMap(({ id, costs }) =>
    costs.map(({ inputTokens, outputTokens, totalCost }) =>
      JSON.stringify({
        id: "r",
        session_id: id,
        model: "deepseek-chat",
        provider: "openrouter",
        input_tokens: inputTokens,
        output_tokens: outputTokens,
        total_tokens: inputTokens + outputTokens,
        total_cost: totalCost,
        timestamp: "2025-10-02T10:13:20.1+08:00",
      }),
    ),
  );
  const nameless = JSON.stringify({
    id: "r",
    session_id: "",
    input_tokens: 5,
    output_tokens: 6,
    total_cost: 0.25,
  });
  await writeFile(join(directory, "records.jsonl"), [...records, nameless, '{"id":"cut'].join("\n"));
}

async function writeMisfits(directory: string, story: Story): Promise<Map<string, string>> {
  const whole = renderStory({ ...story, id: "session-1759400001" }, 1);
  const dated = { created_at: "2025-10-02T10:13:20Z", todos: null, metadata: null };
  const misfits: [name: string, reason: string, text: string][] = [
    ["session-1759400001.json", "truncated", whole.slice(0, whole.length - 40)],
    ["session-1759400002.txt", "wrong-extension", whole],
    ["session-1759400003.json", "empty", ""],
    [
      "session-1759400004.json",
      "empty",
      JSON.stringify({ id: "session-1759400004", messages: null, ...dated }),
    ],
    ["session-1759400005.json", "not-a-session", '{"theme":"dark"}'],
    ["session-1759400006.json", "not-a-session", "[1,2,3]"],
    ["session-1759400007.json", "invalid-json", "<html></html>"],
    ["session-1759400008_todo.md", "plan-without-session", "## Pending\n☐ x\n"],
    [`${story.id} copy.json`, "duplicate", renderStory(story, 0)],
  ];
  for (const [name, , text] of misfits) await writeFile(join(directory, name), text);
  return new Map(misfits.map(([name, reason]) => [name, reason]));
}

/** @returns content and mtime of every file: an import must not change them. */
export async function fingerprint(home: string): Promise<Record<string, string>> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const prints = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mtimeNs, ctimeNs, size, mode } = await stat(path, { bigint: true });
      const content = entry.isFile() ? (await readFile(path)).toString("base64") : "";
      return [path, `${mtimeNs} ${ctimeNs} ${size} ${mode} ${content}`] as const;
    }),
  );
  return Object.fromEntries(prints);
}
