import { spawn } from "node:child_process";
import { buffer, text } from "node:stream/consumers";
import type { RunGitScript } from "../git-script.ts";

/** Runs the scripts on the bare machine. */
export const bareGit: RunGitScript = async ({
  script,
  arguments: args,
  input,
  repository,
  workspace,
  timeoutMs,
}) => {
  const child = spawn("bash", ["--noprofile", "--norc", "-c", script, "bash", ...args], {
    cwd: workspace ?? repository,
    env: { ...GIT_ENVIRONMENT, GIT_DIR: repository, ...(workspace !== null && { GIT_WORK_TREE: workspace }) },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: timeoutMs,
  });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const [stdout, stderr, code] = await Promise.all([buffer(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
};

export const GIT_ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "Trunkline",
  GIT_AUTHOR_EMAIL: "trunkline@localhost",
  GIT_COMMITTER_NAME: "Trunkline",
  GIT_COMMITTER_EMAIL: "trunkline@localhost",
};
