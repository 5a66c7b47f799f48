import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { createAgreedDirectories } from "./agreed-directories.ts";
import { createSourceCheck } from "./check-source.ts";

let directory: TemporaryDirectory;
let repository: string;
beforeEach(async () => {
  directory = await TemporaryDirectory.create();
  repository = directory.join("repository");
  await mkdir(directory.join("data"));
  await mkdir(directory.join("repository", ".git", "objects"), { recursive: true });
});
afterEach(async () => directory[Symbol.asyncDispose]());

const check = async (path: string, userId = "alice") =>
  createSourceCheck(
    { roots: [], protocols: [] },
    [directory.join("data")],
    createAgreedDirectories(directory.join("data")),
    async () => null,
  )({ kind: "directory", path }, userId);
const answers = async (content: unknown) => {
  const file = directory.join("data", "agreed-directories.json");
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 });
  return file;
};
const refused = { reason: "validation_failed" };

it("is for the directory and the user that were agreed to, and for nobody and nothing else", async () => {
  await expect(check(repository)).rejects.toMatchObject(refused);
  await answers({ directories: [{ path: repository, userId: "alice", agreed: true }] });
  expect(await check(repository)).toEqual({ kind: "directory", path: repository });
  await symlink(repository, directory.join("link"));
  expect(await check(directory.join("link"))).toEqual({ kind: "directory", path: repository });
  await expect(check(repository, "mallory")).rejects.toMatchObject(refused);
  await mkdir(directory.join("repository", "inner", ".git", "objects"), { recursive: true });
  await expect(check(directory.join("repository", "inner"))).rejects.toMatchObject(refused);
  await answers({ directories: [{ path: repository, userId: "alice", agreed: false }] });
  await expect(check(repository)).rejects.toMatchObject(refused);
});

it("does not let a repository's links lead to the objects of another one", async () => {
  await answers({ directories: [{ path: directory.join("trap"), userId: "alice", agreed: true }] });
  await mkdir(directory.join("trap", ".git"), { recursive: true });
  await symlink(directory.join("repository", ".git", "objects"), directory.join("trap", ".git", "objects"));
  await expect(check(directory.join("trap"))).rejects.toMatchObject(refused);
});

it("counts for nothing if somebody else could have written it, or if it is damaged", async () => {
  const agreed = { directories: [{ path: repository, userId: "alice", agreed: true }] };
  const file = await answers(agreed);
  await chmod(file, 0o620);
  await expect(check(repository)).rejects.toMatchObject(refused);
  await chmod(file, 0o600);
  expect(await check(repository)).toMatchObject({ path: repository });
  for (const damaged of ["{", "null", '{"directories": 1}', { directories: [null, { path: repository }] }]) {
    await answers(damaged);
    await expect(check(repository)).rejects.toMatchObject(refused);
  }
});
