import { expect, it } from "vitest";
import { nameBytes, nameText } from "./raw-names.ts";

it.each([
  ["61", "a"],
  ["c3a4f09f98802e747874", "ä\u{1F600}.txt"],
  ["61ff62", "a\udcffb"],
  ["c3", "\udcc3"],
  ["e28261", "\udce2\udc82a"],
  ["f09f98", "\udcf0\udc9f\udc98"],
  ["c0af", "\udcc0\udcaf"],
  ["eda080", "\uDCED\udca0\udc80"],
  ["fffeF09F9880", "\udcff\udcfe\u{1F600}"],
])("bytes %s become text and the same bytes again", (hex, text) => {
  const bytes = Buffer.from(hex, "hex");
  expect(nameText(bytes)).toBe(text);
  expect(Buffer.from(nameBytes(text))).toEqual(bytes);
});

it("makes nothing but bytes beyond ASCII of half a pair", () => {
  expect(nameBytes("\udc2e\udc2f\ud800")).toEqual(Buffer.from("\u{fffd}".repeat(3)));
});
