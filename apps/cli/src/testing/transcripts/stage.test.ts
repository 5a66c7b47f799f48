import { expect, it } from "vitest";
import { words } from "./stage.ts";

it("a typed line has a shell's words, in either kind of quotes", () => {
  expect(words(`rules deny --command 'git push *' --host="a b" "it's"`)).toEqual([
    "rules",
    "deny",
    "--command",
    "git push *",
    "--host=a b",
    "it's",
  ]);
  expect(words(`run ""`)).toEqual(["run", ""]);
});
