import { expect, it } from "vitest";
import { draftOfProject, nameAfter, settingsOf, sourceOf } from "./project-draft.ts";

it("tells paths from git's addresses", () => {
  expect(sourceOf(" /srv/repos/app ")).toEqual({ kind: "directory", path: "/srv/repos/app" });
  expect(sourceOf("~/app")).toEqual({ kind: "directory", path: "~/app" });
  expect(sourceOf("git@example.com:team/app.git")).toEqual({
    kind: "git",
    url: "git@example.com:team/app.git",
  });
});

it("names a project after its source", () => {
  expect(nameAfter("https://example.com/team/my-app.git")).toBe("my-app");
  expect(nameAfter("git@example.com:app.git")).toBe("app");
  expect(nameAfter("/srv/repos/Über uns/")).toBe("ber-uns");
  expect(nameAfter("")).toBe("");
});

it("sends lists as lists, and what is empty as nothing", () => {
  const draft = {
    ...draftOfProject(null),
    source: "/srv/app",
    allowedHosts: "A.example.com, b.example.com\n\n",
    environment: "CI\nNODE_ENV",
    setup: "  ",
  };
  expect(settingsOf(draft)).toEqual({
    name: "app",
    baseRef: null,
    setup: null,
    network: "allowlist",
    allowedHosts: ["a.example.com", "b.example.com"],
    environment: ["CI", "NODE_ENV"],
    instructions: null,
    shared: false,
  });
  expect(settingsOf({ ...draft, network: "off" }).allowedHosts).toEqual([]);
});
