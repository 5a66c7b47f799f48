/**
 * Compares ways of splitting text into words, by cost and matches: `pnpm bench tokenizers`. Figures are in
 * docs/decisions/014-words-without-spaces.md.
 */
import Database from "better-sqlite3";
import { defineSearchFunctions } from "../../../apps/server/src/store/sqlite/search-text.ts";
import { median } from "../report/quantile.ts";
import { SessionText } from "./session-text.ts";

const TEXTS = 20_000;
const WORDS = 120;
const SENTENCE = "我们在数据库里搜索全文并修复错误";
const UNICODE = "unicode61 remove_diacritics 2";

const VARIANTS = [
  { name: "unicode61", options: `tokenize = '${UNICODE}'`, split: false },
  { name: "unicode61, prefix 2 3", options: `tokenize = '${UNICODE}', prefix = '2 3'`, split: false },
  { name: "unicode61, prefix 1 2 3", options: `tokenize = '${UNICODE}', prefix = '1 2 3'`, split: false },
  {
    name: "unicode61, prefix 1 2 3, split",
    options: `tokenize = '${UNICODE}', prefix = '1 2 3'`,
    split: true,
  },
  { name: "unicode61, prefix 2, split", options: `tokenize = '${UNICODE}', prefix = '2'`, split: true },
  { name: "trigram", options: "tokenize = 'trigram remove_diacritics 1'", split: false },
];

const QUERIES = ["e*", "fu*", "func*", "error*", '"数据库"', '"修复"'];

const text = new SessionText(3);
const texts = Array.from({ length: TEXTS }, (_, index) =>
  index % 100 === 0 ? `${text.words(WORDS / 2)}${SENTENCE}` : text.words(WORDS),
);
const megabytes = texts.reduce((bytes, one) => bytes + Buffer.byteLength(one), 0) / 1e6;
console.log(`${TEXTS} texts, ${megabytes.toFixed(1)} MB; times in ms, hits in brackets`);
console.log(`| variant | index, share of the text | µs to store a text of 1 kB | ${QUERIES.join(" | ")} |`);
console.log(`|---|---|---|${QUERIES.map(() => "---|").join("")}`);
for (const { name, options, split } of VARIANTS) {
  const database = new Database(":memory:");
  defineSearchFunctions(database);
  const of = (value: string): string => (split ? `split_unspaced(${value})` : value);
  database.exec(`create virtual table search using fts5(text, content = '', columnsize = 0, ${options})`);
  const insert = database.prepare(`insert into search (rowid, text) values (?, ${of("?")})`);
  const store = database.transaction((from: number) => {
    for (let id = from; id < from + 100; id++) insert.run(id, texts[id]);
  });
  const startedAt = performance.now();
  for (let from = 0; from < TEXTS; from += 100) store(from);
  const tookMs = performance.now() - startedAt;
  const bytes = database.prepare("select sum(length(block)) from search_data").pluck().get() as number;
  const find = database.prepare(
    `select rowid from search where search match ${of("?")} order by rowid desc limit 21`,
  );
  const answers = QUERIES.map((query) => {
    // Trigrams match parts of words anyway, and have no prefixes.
    const typed = name === "trigram" ? `"${query.replaceAll(/["*]/g, "")}"` : query;
    let hits = 0;
    const times = Array.from({ length: 9 }, () => {
      const since = performance.now();
      hits = find.all(typed).length;
      return performance.now() - since;
    });
    return `${median(times).toFixed(2)} (${hits})`;
  });
  const cells = [name, (bytes / 1e6 / megabytes).toFixed(2), (tookMs / megabytes).toFixed(0), ...answers];
  console.log(`| ${cells.join(" | ")} |`);
  database.close();
}
