import { seededRandom } from "@trunkline/testkit";

/** Words that occur in nearly every text. */
const COMMON = (
  "the to and of a in is for that it with as on be this are from or by an at file error function test run line " +
  "code return value type server request module import build path name data list result output command"
).split(" ");

const SYLLABLES = "ba ce di fo gu la me ni po ru sa te vi zo kra ble tion ster mon dex pha qui".split(" ");

/** Vocabulary, common words included: about as many as in a team's logs. */
const VOCABULARY = 30_000;

/** Texts with a realistic word frequency (Zipf's law), determined by the seed. */
export class SessionText {
  readonly random: () => number;
  readonly #words: string[];

  constructor(seed: number) {
    this.random = seededRandom(seed);
    // The same vocabulary for every seed, so that queries match in any store.
    const random = seededRandom(1);
    const rare = Array.from({ length: VOCABULARY - COMMON.length }, () => syllables(random));
    this.#words = [...COMMON, ...rare];
  }

  /** @returns this many words, in lines. */
  words(count: number): string {
    let text = "";
    for (let index = 0; index < count; index++) {
      text += this.#words[this.#rank()] ?? "";
      text += index % 12 === 11 ? "\n" : " ";
    }
    return text;
  }

  /** @returns an integer from `least` to `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  /** Inverse of a distribution whose density falls with the rank. */
  #rank(): number {
    return Math.floor(VOCABULARY ** this.random()) - 1;
  }
}

function syllables(random: () => number): string {
  let word = "";
  const count = 2 + Math.floor(random() * 3);
  for (let index = 0; index < count; index++)
    word += SYLLABLES[Math.floor(random() * SYLLABLES.length)] ?? "";
  return word;
}
