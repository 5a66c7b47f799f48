import { MAX_ATTACHMENTS, MAX_BLOB_BYTES } from "@trunkline/contract";
import { SubmitTaskInput } from "@trunkline/contract/schemas";
import { expect, it } from "vitest";
import { hasPreview, takeFiles } from "./attached-file.ts";

const file = (name: string, size = 1): File =>
  Object.defineProperty(new File(["x"], name, { type: "image/png" }), "size", { value: size });
const namesOf = (...files: File[]) => takeFiles([], files).taken.map(({ file: { name } }) => name);

it("takes files up to the limits, and says what it refuses", () => {
  expect(takeFiles([], [file("a.png", MAX_BLOB_BYTES)])).toMatchObject({ taken: [{}], refused: [] });
  expect(takeFiles([], [file("a.png", MAX_BLOB_BYTES + 1), file("b.png")])).toMatchObject({
    taken: [{ file: { name: "b.png" } }],
    refused: ["a.png has 32.0 MB; files may have up to 32.0 MB."],
  });
  const many = Array.from({ length: MAX_ATTACHMENTS }, (_, place) => file(`${place}`));
  expect(takeFiles([], many).taken).toHaveLength(MAX_ATTACHMENTS);
  const { taken, refused } = takeFiles([{ name: "first" }], [...many, file("more")]);
  expect(taken).toHaveLength(MAX_ATTACHMENTS - 1);
  expect(refused).toEqual(["A message takes up to 10 files; 2 files were not attached."]);
});

it("gives each a name of its own that the server takes", () => {
  expect(namesOf(file("image.png"), file("image.png"), file("image.png"))).toEqual([
    "image.png",
    "image-2.png",
    "image-3.png",
  ]);
  const odd = namesOf(
    file("a\u202Egnp.exe"),
    file("\n\u0000 "),
    file(`${"漢".repeat(300)}.tar`),
    file("\uD800.x"),
  );
  expect(odd).toEqual(["agnp.exe", "file", `${"漢".repeat(200)}.tar`, "\uFFFD.x"]);
  const attachments = odd.map((name) => ({ blobId: "0".repeat(64), name }));
  expect(SubmitTaskInput.safeParse({ prompt: "look", attachments }).success).toBe(true);
});

it("draws no image that could be a page, and none that is huge", () => {
  expect(hasPreview({ mediaType: "image/png", bytes: 10 })).toBe(true);
  expect(hasPreview({ mediaType: "image/svg+xml", bytes: 10 })).toBe(false);
  expect(hasPreview({ mediaType: "image/png", bytes: 30_000_000 })).toBe(false);
});
