import { expect, it } from "vitest";
import { decodeEntities } from "./entities.ts";

it("decodes what is a character reference, and leaves the rest", () => {
  expect(decodeEntities("a &amp; b &copy; &#169; &#xA9; &nosuchthing; AT&T &;")).toBe(
    "a & b © © © &nosuchthing; AT&T &;",
  );
});

it("gives no character for what is none", () => {
  expect(decodeEntities("&#0;&#xD800;&#9999999;")).toBe("\uFFFD\uFFFD\uFFFD");
});
