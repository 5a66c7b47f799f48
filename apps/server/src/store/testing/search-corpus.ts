import { seededRandom } from "@trunkline/testkit";

/** What people, models and tools write, and what makes an index stumble. */
export const TEXTS: readonly string[] = [
  "please grep the zebra in giraffe_dir/lions.ts",
  "error: Elefant not found at line 417 (ENOENT)",
  "the crocodile sleeps, and the crocodile wakes",
  'alpha beta "gamma" NOT delta*',
  "gamma beta alpha",
  "alpha beta gamma delta epsilon",
  // The same letters, written in another way.
  "cafe\u0301 in decomposed form",
  "café in composed form",
  "Ärger im Café, naïve e\u0301tude",
  "ＦＵＬＬ ｗｉｄｔｈ ｌｅｔｔｅｒｓ １２３",
  "Das Straßenfest in der STRASSE",
  "İstanbul and ISTANBUL and ıstanbul",
  "كِتَابٌ مُفِيدٌ",
  "كتاب مفيد",
  "שָׁלוֹם עולם",
  "ИЗМЕНЕНИЕ структуры Й и й, ё",
  "изменение СТРУКТУРЫ",
  "Ὀδυσσεύς ΟΔΥΣΣΕΥΣ",
  // No spaces between words.
  "我们在数据库里搜索全文，用SQLite修复错误",
  "数据 和 库",
  "東京タワーでラーメンを食べました",
  "ガギグ カキク",
  "데이터베이스에서 검색합니다",
  "테스트",
  "ภาษาไทยไม่มีช่องว่าง",
  "🦓🦓 zebra emoji 🦓 zebra",
  "👩‍👩‍👧‍👦 family",
  // Code.
  'const x = await fetch(`${base}/api/v1?q="a b"`); // TODO(joe): retry',
  "SELECT id, name FROM users WHERE name LIKE '%o''brien%' -- comment",
  "snake_case camelCase kebab-case SCREAMING_SNAKE path/to/file.rs",
  "a\u0001b\u0002c \u0003 control",
  "nul\0between nul\0 words",
  "lone \ud800 surrogate",
  "\uffff not a character",
  "",
  "   \n\t ",
  "— !!",
  "prefix prefixes prefixed pre pr p",
  "one two three four five six seven eight nine ten",
  "ten nine eight seven six five four three two one",
  "ª º ² ³ ½ ﬁ ﷺ",
  "x".repeat(300),
  `${"x".repeat(100)}y`,
  // A page of one word, or nearly so.
  "a ".repeat(100_000),
  "error ".repeat(10_600),
  `${"a b ".repeat(9_000)}a c`,
  "字".repeat(70_000),
  Array.from({ length: 20_000 }, (_, index) => `w${index}`).join(" "),
  Array.from({ length: 9_000 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join(""),
];

/** What is looked for in them, and what only looks like it. */
export const QUERIES: readonly string[] = [
  ...["zebra", "giraffe_dir", "elefant", "crocodile", "417", "lions.ts", "ENOENT", "grep zebra"],
  ...["alpha gam", "alph gamma", "alpha beta", "beta AND", 'NOT "delta', '"alpha beta"', '"beta alpha"'],
  ...[
    '"alpha beta gamma" delta',
    '"gamma beta" alpha',
    "delta alpha",
    '"crocodile sleeps and the crocodile"',
  ],
  ...["cafe", "café", "CAFE\u0301", "arger cafe NAIVE étude", "full width", "ｆｕｌｌ", "123", "strasse"],
  ...["STRASSENFEST", "straß", "istanbul", "İSTANBUL", "كتاب", "كِتَاب مُف", "שלום", "изменение", "й", "ё", "и"],
  ...[
    "οδυσσευς",
    "Ὀδυσσεύς",
    "数据库",
    "修复",
    "sqlite修复",
    "库数据",
    "数据",
    "ラーメン",
    "東京",
    "か",
    "が",
    "ガギ",
  ],
  ...[
    "검색",
    "테스트",
    "테",
    "ไทย",
    "🦓",
    "🦓 zebra",
    "family",
    "fetch base",
    '"api v1"',
    "o'brien",
    "snake",
  ],
  ...["snake_case", "kebab case", "path/to", "a b c", "nul between", "lone surrogate", "not a character"],
  ...["prefix", "prefixe", "pr", "pre p", "p", '"prefix"', '"pre"', "fi", "صلى", "half", "1 2"],
  ...['"one two three"', "one three", '"ten nine" one', "seven eight nine te", '"eight nine te"', "si se"],
  ...["x".repeat(300), "x".repeat(99), `${"x".repeat(100)}y`, "w19999", "w1999", "w12 w13", '"w12 w13 w14"'],
  ...[
    "a",
    "a a",
    '"a a a a"',
    '"a a a b"',
    "error error",
    '"error error"',
    '"a b a b a c"',
    '"b a b a b a c"',
  ],
  ...["字", "字字字", "字".repeat(32), "字".repeat(500), "一丁丂七", "一七", `"${"a b ".repeat(16)}"`],
  ...["x ".repeat(250), '"a" '.repeat(125), '"', '""', '"""', "*", "— !!", "", "\0", "\ud800 plain"],
  ...[
    "'; drop table search_documents; --",
    "a' & 'b",
    "a | b",
    "!a",
    "a:*",
    "\\",
    "a\\'b",
    "'a'",
    "(a",
    "<->",
  ],
  // 32 words, and more than that.
  Array.from({ length: 32 }, (_, index) => `w${index}`).join(" "),
  Array.from({ length: 40 }, (_, index) => `w${index}`).join(" "),
  `"${Array.from({ length: 32 }, (_, index) => `w${index + 700}`).join(" ")}"`,
];

/** Texts of few words, which have much in common. */
export function randomTexts(seed: number, count: number): string[] {
  const random = seededRandom(seed);
  const pick = (): string => WORDS[Math.floor(random() * WORDS.length)] ?? "";
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + Math.floor(random() * 12) }, pick).join(random() < 0.8 ? " " : ""),
  );
}

/** One to four of the words, some in quotes, some cut short. */
export function randomQueries(seed: number, count: number): string[] {
  return randomTexts(seed, count).map((text, index) => {
    const words = text.split(" ").slice(0, 1 + (index % 4));
    if (index % 3 === 0) return `"${words.join(" ")}"`;
    const joined = words.join(" ");
    return index % 5 === 0 ? joined.slice(0, -1) : joined;
  });
}

const WORDS = [
  "red",
  "rede",
  "reden",
  "Grün",
  "grun",
  "数",
  "据",
  "库",
  "ta",
  "tab",
  "table",
  "ё",
  "е",
  "x1",
  "1",
];
