import type { Project } from "@trunkline/contract";
import { expect, it } from "vitest";
import { startOf, type WorkspaceChoice } from "./workspace-choice.ts";

const project = (source: Project["source"]): Project => ({ id: "p1", source }) as Project;
const DIRECTORY = project({ kind: "directory", path: "/srv/app" });
const URL_PROJECT = project({ kind: "git", url: "https://git.example.com/app.git" });
const chosen = (choice: Partial<WorkspaceChoice> = {}): WorkspaceChoice => ({
  projectId: "p1",
  baseRef: "",
  workspace: "clone",
  includeUncommitted: false,
  ...choice,
});

it("starts without a project if none is chosen, or it is gone", () => {
  expect(startOf([DIRECTORY], chosen({ projectId: null, baseRef: "main" }))).toEqual({});
  expect(startOf([], chosen({ baseRef: "main" }))).toEqual({});
});

it("sends only what a kind of workspace takes", () => {
  const all = { baseRef: " v1.2 ", includeUncommitted: true };
  expect(startOf([DIRECTORY], chosen(all))).toEqual({
    projectId: "p1",
    workspace: "clone",
    baseRef: "v1.2",
    includeUncommitted: true,
  });
  expect(startOf([DIRECTORY], chosen({ ...all, workspace: "in-place" }))).toEqual({
    projectId: "p1",
    workspace: "in-place",
  });
});

it("does not take from a directory's choice what a git URL has not", () => {
  const choice = chosen({ workspace: "in-place", includeUncommitted: true });
  expect(startOf([URL_PROJECT], choice)).toEqual({ projectId: "p1", workspace: "clone" });
});

it("sends the choice as it is while the projects are not loaded: the server checks it", () => {
  expect(startOf(undefined, chosen({ baseRef: "main" }))).toEqual({
    projectId: "p1",
    workspace: "clone",
    baseRef: "main",
  });
});
