import { type ChatRequest, contentText, type Reply, say, type Step } from "@trunkline/testkit";
import { FIXED } from "./repository.ts";

/** The tasks of the story, by what the user writes: what the model does in each of its steps. */
export const PROMPTS = {
  fix: "Two tests fail. Find out why, fix it, and run them again.",
  upgrade: "Write a changelog from the last commits, in the style of the old one.",
  push: "Push the branch once the tests pass.",
  question: "Add a licence file.",
  review: "Review parseDuration: correctness and speed, one agent each.",
  correctness: "Read src/parse-duration.js and look for inputs that give a wrong answer.",
  speed: "Read src/parse-duration.js and look for inputs that take long.",
  report: "Which functions have no test?",
} as const;

const bash = (command: string): Step => say.toolCall("bash", { command });

const STORY: Record<string, readonly Reply[]> = {
  [PROMPTS.fix]: [
    say.reply(
      say.text("I run the tests first, to see what fails."),
      say.toolCall("plan", {
        items: [
          { text: "Run the tests", status: "active" },
          { text: "Find the cause", status: "pending" },
          { text: "Fix it, and run the tests again", status: "pending" },
        ],
      }),
      bash("npm test 2>&1 | grep -E '^(✔|✖|ℹ (pass|fail))'"),
    ),
    say.reply(
      say.toolCall("read_file", { path: "src/parse-duration.js" }),
      say.toolCall("read_file", { path: "test/parse-duration.test.js" }),
    ),
    say.reply(
      say.text("Days have no unit, and text without any duration is taken for 0. Both are in one place."),
      say.toolCall("write_file", { path: "src/parse-duration.js", content: FIXED }),
    ),
    say.reply(bash("npm test 2>&1 | grep -E '^(✔|✖|ℹ (pass|fail))'")),
    say.reply(
      say.toolCall("edit_file", {
        path: "README.md",
        oldText: "such as `1h 30m`.",
        newText: "such as `1h 30m` or `2d`; anything else is a `RangeError`.",
      }),
    ),
    say.reply(
      say.text(
        "All three tests pass.\n\n- `d` was missing from the units.\n- Text without a duration now throws a `RangeError`, as the test expects; before, it was `0`.\n\nThe README says both.",
      ),
    ),
  ],
  [PROMPTS.upgrade]: [
    say.reply(bash("git log --oneline | head -5")),
    say.reply(
      say.text("## 1.5.0\n\n"),
      say.text("- **Durations** know days: ", "`2d` "),
      say.text("and anything that is none is refused.\n"),
      say.delay(180_000),
    ),
  ],
  [PROMPTS.push]: [
    say.reply(say.text("The tests pass, so I push."), bash("npm test --silent && git push origin HEAD")),
    say.reply(say.text("Pushed.")),
  ],
  [PROMPTS.question]: [
    say.reply(
      say.toolCall("ask_user", {
        question: "Which licence should it be?",
        options: ["MIT", "Apache-2.0", "GPL-3.0-or-later"],
      }),
    ),
    say.reply(say.text("Done.")),
  ],
  [PROMPTS.review]: [
    say.reply(
      say.text("Two agents read it side by side."),
      say.toolCall("subagent", { title: "Correctness", prompt: PROMPTS.correctness }),
      say.toolCall("subagent", { title: "Speed", prompt: PROMPTS.speed }),
    ),
    say.reply(
      say.text(
        "**Correctness:** `1.5h` is read as `5h`, since the pattern finds the digits after the point.\n\n**Speed:** linear; a megabyte takes 9 ms.",
      ),
    ),
  ],
  [PROMPTS.correctness]: [
    say.reply(say.toolCall("read_file", { path: "src/parse-duration.js" })),
    say.reply(say.text("`1.5h` is read as `5h`.")),
  ],
  [PROMPTS.speed]: [
    say.reply(say.toolCall("read_file", { path: "src/parse-duration.js" })),
    say.reply(say.text("Linear in the text's length.")),
  ],
  [PROMPTS.report]: [
    say.reply(
      say.toolCall("glob", { pattern: "src/**/*.js" }),
      say.toolCall("grep", { pattern: "export function" }),
    ),
    say.reply(say.text("`parseDuration` is the only one, and it has tests.")),
  ],
};

/** Answers a call by how far its task is. */
export function tell({ messages }: ChatRequest): Reply {
  const last = messages.findLastIndex(
    ({ role, content }) => role === "user" && contentText(content) in STORY,
  );
  const prompt = last === -1 ? "" : contentText(messages[last]?.content);
  const step = messages.slice(last).filter(({ role }) => role === "assistant").length;
  return STORY[prompt]?.[step] ?? say.reply(say.text("Done."));
}
