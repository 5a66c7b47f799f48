import type { Generation } from "../legacy-session.ts";
import { Dice } from "./dice.ts";
import type { ErrorShape, Story, StoryCall, StoryTurn } from "./story.ts";

const ERROR_SHAPES: ErrorShape[] = ["string", "empty", "message", "error"];
const EPOCH = Date.UTC(2025, 8, 1);

/** @param number the seed: same number, same story */
export function makeStory(number: number): Story {
  const dice = new Dice(number);
  const generation: Generation = number % 10 === 9 ? "deep-coding" : number % 2 === 0 ? "first" : "second";
  const createdAt = EPOCH + number * 3_600_000 + dice.between(0, 999);
  const clock = { now: createdAt, isShown: generation === "deep-coding" };
  // The original numbers calls per answer, so ids repeat; few of its models provided their own.
  const callIds = dice.chance(0.5) ? () => `call_${dice.hex(12)}` : (index: number) => `call_${index}`;
  const turns = Array.from({ length: dice.between(1, 4) }, () => makeTurn(dice, generation, clock, callIds));
  const updatedAt = clock.now + dice.between(0, 999);
  const id = makeId(dice, generation, createdAt);
  const story: Story = {
    generation,
    id,
    createdAt,
    updatedAt,
    expectedCreatedAt: createdAt,
    expectedUpdatedAt: updatedAt,
    // Whole seconds, which every file system can store.
    fileTime: Math.ceil(updatedAt / 1_000) * 1_000 + 5_000,
    system: dice.chance(0.7) ? `You are alex. ${dice.words(8)}` : null,
    turns,
    plan: dice.chance(0.2) ? makePlan(dice) : null,
    forkedFrom: null,
    costs: [],
  };
  if (dice.chance(0.15)) loseTimes(story);
  return story;
}

function makeId(dice: Dice, generation: Generation, createdAt: number): string {
  if (generation === "deep-coding")
    return `session_${createdAt}${String(dice.between(0, 999_999)).padStart(6, "0")}`;
  if (generation === "first") return `session-${Math.floor(createdAt / 1_000)}`;
  return `session-${dice.hex(8)}-${dice.hex(4)}-4${dice.hex(3)}-a${dice.hex(3)}-${dice.hex(12)}`;
}

function makeTurn(
  dice: Dice,
  generation: Generation,
  clock: { now: number; isShown: boolean },
  callId: (index: number) => string,
): StoryTurn {
  const tick = (): number | null => {
    clock.now += dice.between(1, 90_000);
    return clock.isShown ? clock.now : null;
  };
  return {
    prompt: `${dice.words(dice.between(1, 6))}\n${dice.words(3)}`,
    at: tick(),
    rounds: Array.from({ length: dice.between(0, 3) }, () => ({
      // A model that only calls a tool writes no text.
      text: dice.chance(0.3) ? "" : dice.words(5),
      at: tick(),
      calls: Array.from({ length: dice.between(1, 3) }, (_, index) => ({
        ...makeCall(dice, generation, callId(index)),
        at: tick(),
      })),
    })),
    answer: dice.words(dice.between(3, 12)),
    answeredAt: tick(),
  };
}

function makeCall(dice: Dice, generation: Generation, id: string): Omit<StoryCall, "at"> {
  const fails = dice.chance(0.3);
  const shape = dice.pick(ERROR_SHAPES);
  return {
    id,
    tool: dice.pick(["bash", "file_read", "file_update", "web_search", "think"]),
    input: {
      command: dice.words(3),
      depth: dice.between(0, 9),
      deep: dice.chance(0.5),
      paths: ["a.txt", "b"],
    },
    output: fails ? "" : `${dice.words(dice.between(0, 20))}\n`,
    // The first generation stored errors only as text.
    error: fails
      ? { shape: generation === "first" ? "string" : shape, message: `exit status ${dice.between(1, 255)}` }
      : null,
  };
}

function makePlan(dice: Dice): Story["plan"] {
  const items = (status: "active" | "pending" | "done", count: number) =>
    Array.from({ length: count }, () => ({ text: `step ${dice.words(2)}`.trim(), status }));
  return [
    ...items("active", dice.between(0, 1)),
    ...items("pending", dice.between(1, 3)),
    ...items("done", dice.between(0, 2)),
  ];
}

/** Without times in the file, they come from the id (second or nanosecond), the messages or the mtime. */
function loseTimes(story: Story): void {
  const { id, generation, fileTime, createdAt, turns } = story;
  story.createdAt = null;
  story.updatedAt = null;
  if (generation === "second") {
    story.expectedCreatedAt = fileTime;
    story.expectedUpdatedAt = fileTime;
  } else if (generation === "first") {
    story.expectedCreatedAt = Number(id.slice("session-".length)) * 1_000;
    story.expectedUpdatedAt = story.expectedCreatedAt;
  } else {
    story.expectedCreatedAt = createdAt!;
    story.expectedUpdatedAt = turns.at(-1)!.answeredAt!;
  }
}
