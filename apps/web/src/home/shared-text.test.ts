import { expect, it } from "vitest";
import { sharedText } from "./shared-text.ts";

it("joins what was shared, each part once", () => {
  expect(
    sharedText(
      "?share-title=A+bug&share-text=See+https%3A%2F%2Fx.example%2F1&share-url=https%3A%2F%2Fx.example%2F1",
    ),
  ).toBe("A bug\n\nSee https://x.example/1");
  expect(sharedText("?share-url=https%3A%2F%2Fx.example%2F1")).toBe("https://x.example/1");
});

it("finds nothing where nothing was shared", () => {
  for (const search of ["", "?share-text=%20", "?text=other"]) expect(sharedText(search)).toBe("");
});
