import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { absolutePaths } from "./absolute-paths.ts";

it("paths in variables are those of where the command was typed, others stay as they are", () => {
  expect(
    absolutePaths({
      TRUNKLINE_CONFIG_FILE: "a.json",
      TRUNKLINE_SHARED_DIR: "~/shared",
      TRUNKLINE_PROJECT_ROOTS: "repos:/srv/git",
      OPENAI_API_KEY_FILE: "keys/openai",
      TRUNKLINE_MODEL: "demo",
      COMPOSE_FILE: "a.yml:b.yml",
      EMPTY_FILE: "",
    }),
  ).toEqual({
    TRUNKLINE_CONFIG_FILE: resolve("a.json"),
    TRUNKLINE_SHARED_DIR: join(homedir(), "shared"),
    TRUNKLINE_PROJECT_ROOTS: `${resolve("repos")}:/srv/git`,
    OPENAI_API_KEY_FILE: resolve("keys/openai"),
    TRUNKLINE_MODEL: "demo",
    COMPOSE_FILE: "a.yml:b.yml",
    EMPTY_FILE: "",
  });
});
