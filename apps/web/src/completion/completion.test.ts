import { expect, it } from "vitest";
import { type Command, commandChoices } from "./command.ts";
import { fileChoices } from "./file-choices.ts";
import { markFor, placeOf } from "./marked-choice.ts";
import { splitPath, triggerAt } from "./trigger.ts";

const atEnd = (text: string) => triggerAt(text, text.length);

it("looks for a file after @ at the start of a word only", () => {
  expect(atEnd("see @src/a")).toEqual({ kind: "file", from: 4, to: 10, query: "src/a" });
  expect(atEnd("@")).toMatchObject({ kind: "file", query: "" });
  expect(atEnd("(@x")).toMatchObject({ query: "x" });
  expect(triggerAt("@src and more", 4)).toMatchObject({ from: 0, to: 4, query: "src" });
  expect(atEnd("me@example.org")).toBeNull();
  expect(triggerAt("see @src", -1)).toBeNull();
  expect(atEnd("@src is")).toBeNull();
  expect(atEnd(`@${"x".repeat(400)}`)).toBeNull();
  expect(splitPath("src/lib/par")).toEqual({ folder: "src/lib", rest: "par" });
  expect(splitPath("par")).toEqual({ folder: "", rest: "par" });
});

it("takes / for a command at the start of a line of its own only", () => {
  expect(atEnd("/mod")).toEqual({ kind: "command", from: 0, to: 4, query: "mod" });
  expect(atEnd("/etc\nis")).toBeNull();
  expect(atEnd("a /mod")).toBeNull();
  expect(triggerAt("/mod", 0)).toBeNull();
});

it("finds commands by their beginning, then their options by any part", () => {
  const run = (): void => {};
  const commands: Command[] = [
    {
      name: "model",
      does: "Model",
      options: [
        { label: "gpt-5", isCurrent: true, run },
        { label: "Sonnet", isCurrent: false, run },
      ],
    },
    { name: "stop", does: "Stop", run },
  ];
  const labels = (query: string) => commandChoices(commands, query).map(({ label }) => label);
  expect(labels("")).toEqual(["/model", "/stop"]);
  expect(labels("ST")).toEqual(["/stop"]);
  expect(labels("model ")).toEqual(["gpt-5", "Sonnet"]);
  expect(labels("model net")).toEqual(["Sonnet"]);
  expect(labels("stop now")).toEqual([]);
  expect(labels("etc/hosts")).toEqual([]);
  expect(commandChoices(commands, "mo")[0]).toMatchObject({ text: "/model " });
});

it("offers what contains the words, beginnings first, and goes on in folders", () => {
  const entry = (path: string, kind: "file" | "directory" | "link" | "other" = "file") => ({ path, kind });
  const entries = [
    entry("lib", "directory"),
    entry("a-lib.ts"),
    entry("lib.ts"),
    entry("my lib.ts"),
    entry("pipe-lib", "other"),
  ];
  expect(fileChoices(entries, "LIB").map(({ text }) => text)).toEqual([
    "@lib/",
    "lib.ts ",
    "a-lib.ts ",
    '"my lib.ts" ',
  ]);
  expect(fileChoices(entries, "zzz")).toEqual([]);
});

it("marks what was seen first, though others come before it later, and nothing else once that has gone", () => {
  const nothing = { of: "", key: "" };
  const keys = (...all: string[]) => all.map((key) => ({ key }));
  expect(markFor([], nothing, "/")).toBe(nothing);
  const seen = markFor(keys("fork", "stop"), nothing, "/");
  expect(placeOf(keys("fork", "stop"), seen, "/")).toBe(0);
  const loaded = keys("model", "fork", "stop");
  expect(placeOf(loaded, markFor(loaded, seen, "/"), "/")).toBe(1);
  expect(placeOf(keys("model", "stop"), markFor(keys("model", "stop"), seen, "/"), "/")).toBe(-1);
  const typed = keys("stop");
  expect(placeOf(typed, markFor(typed, seen, "/st"), "/st")).toBe(0);
  // Closed and opened again, it begins with the first.
  expect(placeOf(loaded, markFor(loaded, markFor([], seen, ""), "/"), "/")).toBe(0);
});
