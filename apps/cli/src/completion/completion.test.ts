import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCaptured } from "../testing/captured-cli.ts";

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "trunkline-completion-"));
  for (const shell of ["bash", "zsh", "fish"]) {
    const { exitCode, out } = await runCaptured(["completion", shell]);
    expect(exitCode).toBe(0);
    writeFileSync(join(directory, shell), out);
  }
  writeFileSync(join(directory, "a file.json"), "");
});
afterAll(() => rmSync(directory, { recursive: true }));

const has = (shell: string): boolean => spawnSync(shell, ["-c", "true"]).status === 0;
const run = (shell: string, args: string[]): string[] => {
  const out = execFileSync(shell, args, {
    cwd: directory,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: directory },
  });
  return out.split("\n").filter((line) => line !== "");
};

/** @returns the completions of the last word; each shell is asked in its own way. */
const offeredBy: Record<string, (words: string[]) => string[]> = {
  bash: (words) =>
    run("bash", [
      "--norc",
      "-c",
      'source ./bash; COMP_WORDS=(trunkline "$@"); COMP_CWORD=$#; _trunkline; printf "%s\\n" "${COMPREPLY[@]}"',
      "bash",
      ...words,
    ]),
  fish: (words) =>
    run("fish", ["--no-config", "-c", `source ./fish; complete -C 'trunkline ${words.join(" ")}'`]).map(
      (line) => line.split("\t")[0] ?? "",
    ),
};

describe.each(["bash", "fish"])("%s", (shell) => {
  const offered = (...words: string[]): string[] => offeredBy[shell]?.(words) ?? [];

  it.skipIf(!has(shell))("offers commands, options, and values of options", () => {
    expect(offered("ex")).toEqual(["export"]);
    expect(offered("")).toEqual(expect.arrayContaining(["serve", "run", "help"]));
    expect(offered("export", "--f")).toEqual(["--format"]);
    expect(offered("export", "--format", "")).toEqual(["json", "markdown"]);
    expect(offered("--url", "http://x", "tasks", "--l")).toEqual(["--limit"]);
    expect(offered("completion", "z")).toEqual(["zsh"]);
    expect(offered("tasks", "--ur")).toEqual(["--url"]);
  });

  it.skipIf(!has(shell))("offers the commands of a command, and what each takes", () => {
    expect(offered("token", "")).toEqual(expect.arrayContaining(["create", "list", "revoke"]));
    expect(offered("token", "cr")).toEqual(["create"]);
    expect(offered("token", "create", "--sc")).toEqual(["--scope"]);
    expect(offered("token", "create", "laptop", "--scope", "")).toEqual(["read", "write", "admin"]);
    expect(offered("--url", "http://x", "user", "remove", "--del")).toEqual(["--delete-sessions"]);
    expect(offered("user", "list", "--sc")).toEqual([]);
    expect(offered("token", "revoke", "cr")).toEqual([]);
  });

  it.skipIf(!has(shell))("offers files where one is meant, and nothing where nobody can know", () => {
    expect(offered("import", "a").map((path) => path.replaceAll("\\", ""))).toEqual(["a file.json"]);
    expect(offered("export", "--out", "a").map((path) => path.replaceAll("\\", ""))).toEqual(["a file.json"]);
    expect(offered("attach", "a")).toEqual([]);
    expect(offered("rename", "last", "a")).toEqual([]);
    expect(offered("export", "--out", "x", "a")).toEqual([]);
  });
});

it("F6: bash offers the ids that the command lists", () => {
  const fake = join(directory, "trunkline");
  const task = "0199c7a4-0000-7000-8000-000000000001";
  writeFileSync(fake, `#!/bin/sh\n[ "$*" = "tasks --json" ] && echo '{"id":"${task}","state":"working"}'\n`, {
    mode: 0o700,
  });
  const script =
    'source ./bash; COMP_WORDS=(./trunkline "$@"); COMP_CWORD=$#; _trunkline; printf "%s\\n" "${COMPREPLY[@]}"';
  const offered = (...words: string[]) => run("bash", ["--norc", "-c", script, "bash", ...words]);
  expect(offered("cancel", "")).toEqual(["last", task]);
  expect(offered("cancel", "0199")).toEqual([task]);
  expect(offered("move", task, "--before", "01")).toEqual([task]);
  expect(offered("attach", "0")).toEqual([]);
});

it.skipIf(!has("zsh"))("zsh understands its script", () => {
  expect(run("zsh", ["-n", "./zsh"])).toEqual([]);
  const loaded = "autoload -U compinit; compinit -u -D; source ./zsh; print ${_comps[trunkline]}";
  expect(run("zsh", ["-f", "-c", loaded])).toEqual(["_trunkline"]);
});

it("offers every command and option that help knows", async () => {
  const { out: help } = await runCaptured(["--help"]);
  const section = /^Tasks:\n([^]*?)\nBegin with:/m.exec(help)?.[1] ?? "";
  const outer = [...section.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name);
  const names = [...outer, "add", "remove", "create", "revoke", "--delete-sessions", "--scope"];
  expect(names.length).toBeGreaterThan(15);
  for (const shell of ["bash", "zsh", "fish"]) {
    const { out } = await runCaptured(["completion", shell]);
    for (const name of names) {
      const word = shell === "fish" ? String(name).replace(/^--/, "-l ") : String(name);
      expect(out.includes(word), `${shell}: ${name}`).toBe(true);
    }
  }
});

it("knows three shells", async () => {
  const { exitCode, err } = await runCaptured(["completion", "tcsh"]);
  expect(err).toContain("Allowed choices are bash, zsh, fish");
  expect(exitCode).toBe(2);
});
