import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkProjectRoots } from "./check-projects.ts";

let directory: string;
beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "trunkline-roots-")));
});
afterEach(() => rm(directory, { recursive: true }));

it("looks at each project root: missing ones, files, links, and the one that would offer everybody's sessions", async () => {
  const at = (name: string): string => join(directory, name);
  await mkdir(at("code"));
  await mkdir(at("var/data"), { recursive: true });
  await writeFile(at("file"), "");
  await symlink(at("code"), at("link"));
  const roots = [at("code"), at("link"), at("none"), at("file"), at("var"), at("var/data"), "code"];
  const found = await checkProjectRoots(at("var/data"), { TRUNKLINE_PROJECT_ROOTS: roots.join(":") });
  expect(found.map(({ level, message }) => [level, message])).toEqual([
    ["ok", at("code")],
    ["ok", `${at("link")}, which is ${at("code")}`],
    ["fail", expect.stringMatching(/^Can't use .*none: /)],
    ["fail", `${at("file")} is not a directory`],
    ["fail", expect.stringMatching(/var has the data directory in it/)],
    ["fail", expect.stringMatching(/data has the data directory in it/)],
    ["warn", expect.stringMatching(/make it absolute/)],
  ]);
  expect(await checkProjectRoots(at("var/data"), {})).toEqual([]);
});
