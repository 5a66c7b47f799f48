import { median, quantile } from "../report/quantile.ts";
import type { Row } from "../report/row.ts";
import type { ScaleRun } from "./scale-run.ts";
import { seedSession } from "./seed-session.ts";

const SESSIONS = 2_000;
const TASKS_PER_SESSION = 4;
/** In words: prompts have 5 to 40, answers and outputs up to twice these. */
const LENGTHS = { answer: 150, output: 100 };

/** Occur once each, in the output of one tool in the first and the last session. */
const ONLY_IN_OUTPUT = "quetzalcoatlus";

/**
 * Queries by what makes them hard. The words are those of session-text.ts: the first ones occur in nearly every text.
 */
const QUERIES: Record<string, readonly string[]> = {
  "common word": ["the ", "error ", "function ", "file "],
  "two common words": ["the error ", "function test ", "server request "],
  "rare word": ["zokrable ", "quipha ", "monstertion "],
  phrase: ['"the to"', '"error in the"', '"of a function"'],
  "beginning of a word: one letter": ["t", "s", "e"],
  "beginning of a word: two letters": ["fu", "se", "qu"],
  "beginning of a word: four letters": ["func", "serv", "mons"],
  "word of one tool's output": [`${ONLY_IN_OUTPUT} `],
  "word that is nowhere": ["xyzzyxyzzy "],
  "many words": ["the to and of a in is for that it with as on be this"],
};

/** Search over 2,000 sessions with prompts, answers, tool inputs and tool outputs. */
export async function measureSearch(run: ScaleRun): Promise<Row[]> {
  const rounds = run.quick ? 20 : 200;
  const startedAt = performance.now();
  const { dataDir } = await run.seedWith(LENGTHS, async (store, options) => {
    for (let index = 0; index < SESSIONS; index += 100) {
      await Promise.all(Array.from({ length: 100 }, () => seedSession(store, TASKS_PER_SESSION, options)));
    }
    const { id } = await seedSession(store, 1, options);
    const output = `${options.text.words(100)} ${ONLY_IN_OUTPUT} ${options.text.words(100)}`;
    await store.append(id, [
      { taskId: null, type: "tool.ended", data: { callId: "c", status: "succeeded", output, durationMs: 1 } },
    ]);
    return {};
  });
  console.log(`(seeded ${SESSIONS} sessions: ${((performance.now() - startedAt) / 1_000).toFixed(0)} s)`);
  await using server = await run.bench.startServer({ dataDir });

  const rows: Row[] = [];
  const group = `Search over ${SESSIONS} sessions`;
  const all: number[] = [];
  for (const [measure, texts] of Object.entries(QUERIES)) {
    const times: number[] = [];
    let hits = 0;
    for (let round = -3; round < rounds; round++) {
      const text = texts[Math.abs(round) % texts.length] ?? "";
      const { data, ms } = await server.query("search.query", { text });
      hits = (data as { items: unknown[] }).items.length;
      if (round >= 0) times.push(ms);
    }
    all.push(...times);
    rows.push(
      {
        group,
        measure: `${measure} (${hits} hits on the page): median`,
        unit: "ms",
        ours: median(times),
        budget: { atMost: 50 },
      },
      { group, measure: `${measure}: p99`, unit: "ms", ours: quantile(times, 0.99) },
    );
  }
  rows.push({ group, measure: "all: median", unit: "ms", ours: median(all), budget: { atMost: 50 } });
  return rows;
}
