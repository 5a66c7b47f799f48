import { seededRandom } from "@trunkline/testkit";

/** Seeded random choices. */
export class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** @returns an integer from `min` to `max`. */
  between(min: number, max: number): number {
    return min + Math.floor(this.#random() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.between(0, items.length - 1)]!;
  }

  hex(digits: number): string {
    return Array.from({ length: digits }, () => this.between(0, 15).toString(16)).join("");
  }

  words(count: number): string {
    return Array.from({ length: count }, () => this.pick(WORDS)).join(" ");
  }
}

const WORDS = [
  "list",
  "the",
  "files",
  "größe",
  "日本語",
  "build",
  "fix",
  "tests",
  "`code`",
  "🚂",
  "why?",
  "<b>",
  "\\n",
  '"',
];
