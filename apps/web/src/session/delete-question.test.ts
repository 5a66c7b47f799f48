import type { Changes } from "@trunkline/contract";
import { expect, it } from "vitest";
import { type Deletion, deleteQuestion } from "./delete-question.ts";

const deletion = (part: Partial<Deletion>): Deletion => ({
  title: "Fix the login",
  isRunning: false,
  wasPublished: false,
  isInPlace: false,
  changes: { files: [], truncated: false },
  ...part,
});
const changed = (count: number): Pick<Changes, "files" | "truncated"> => ({
  files: Array.from({ length: count }, (_, place) => ({ path: `f${place}` }) as Changes["files"][number]),
  truncated: false,
});

it("names the files that were never published", () => {
  const { detail, items, action } = deleteQuestion(deletion({ changes: changed(7) }));
  expect(detail).toContain("7 changed files were never published");
  expect(items).toEqual(["f0", "f1", "f2", "f3", "f4", "2 more files"]);
  expect(action).toBe("Delete session and its changes");
});

it("counts only what came after a publication", () => {
  const { detail } = deleteQuestion(deletion({ changes: changed(1), wasPublished: true }));
  expect(detail).toContain("1 file changed since the last publication");
});

it("says so if it is not known what would be lost", () => {
  expect(deleteQuestion(deletion({ changes: null })).detail).toContain("Changes that were not published");
});

it("does not claim to delete the files of a directory that was worked in, and mentions a running task", () => {
  const { detail, items } = deleteQuestion(
    deletion({ isInPlace: true, isRunning: true, changes: changed(3) }),
  );
  expect(detail).toContain("Its running task is stopped.");
  expect(detail).toContain("files of the directory stay");
  expect(items).toBeUndefined();
});
