import { expect, it } from "vitest";
import { grammarName, languageOfFile } from "./language-name.ts";

it("knows what people write instead of a grammar's name", () => {
  expect(["TS", "c++", "python", "zsh"].map(grammarName)).toEqual(["typescript", "cpp", "python", "bash"]);
});

it("takes the names of an object's own parts for languages that nobody knows", () => {
  expect(["constructor", "__proto__", "toString"].map(grammarName)).toEqual([
    "constructor",
    "__proto__",
    "tostring",
  ]);
});

it("tells a language by the name of a file", () => {
  expect(["a/b.mts", "Makefile", "x/Dockerfile", "README", "a.constructor"].map(languageOfFile)).toEqual([
    "typescript",
    "make",
    "docker",
    null,
    "constructor",
  ]);
});
