/*
 * `pnpm test:compose`: both compose files, from the image TRUNKLINE_IMAGE (and POSTGRES_IMAGE, NGINX_IMAGE), with the Docker
 * that DOCKER_HOST names: a task submitted in Chromium streams to its end; a container is killed under a task, and it goes on.
 * Without a registry, docker-without-registry.sh makes the images and runs this.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { taskInBrowser } from "./task-in-browser.ts";

const directory = fileURLToPath(new URL("../../docker", import.meta.url));
/** Containers of a busy machine take their time. */
const LIMIT_MS = 180_000;

const port = 8443;
const certificates = mkdtempSync(join(tmpdir(), "trunkline-certificates-"));
try {
  await one();
  await three();
} finally {
  rmSync(certificates, { recursive: true, force: true });
}

/** One container: killed under a task, which goes on at the next start. */
async function one(): Promise<void> {
  const env = {
    TRUNKLINE_PUBLISH: String(port),
    TRUNKLINE_ALLOWED_HOSTS: `127.0.0.1:${port}`,
    TRUNKLINE_ALLOWED_ORIGINS: `http://127.0.0.1:${port}`,
  };
  await using stack = up("compose.yaml", env);
  await stack.untilHealthy("trunkline");
  process.stdout.write(`${stack.compose("exec", "-T", "trunkline", "trunkline", "doctor")}\n`);
  await taskInBrowser({
    signInUrl: stack.link("trunkline", `http://127.0.0.1:${port}`),
    prompt: "run: sleep 5; echo $((6 * 7)) in $PWD",
    answer: /42 in \/data\/workspaces\//,
  });
  process.stdout.write("One container: a task in Chromium streamed to its end\n");
  await taskInBrowser({
    signInUrl: stack.link("trunkline", `http://127.0.0.1:${port}`),
    prompt: "run: echo begun-$((1 + 1)); sleep 3600; echo $((6 * 9))",
    working: /begun-2/,
    meanwhile: async () => {
      stack.compose("kill", "trunkline");
      stack.compose("start", "trunkline");
      await stack.untilHealthy("trunkline");
    },
    // The call in flight is never repeated; the model is told, and the task ends.
    answer: /Resumed|attempt 2|interrupted/i,
  });
  process.stdout.write("One container: killed under a task and started again, the task went on\n");
}

/** Three servers: the one that works is killed, and another goes on. */
async function three(): Promise<void> {
  const site = `127.0.0.1:${port}`;
  execFileSync(
    "openssl",
    [
      ..."req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1".split(
        " ",
      ),
      "-keyout",
      join(certificates, "privkey.pem"),
      "-out",
      join(certificates, "fullchain.pem"),
    ],
    { stdio: "ignore" },
  );
  for (const [path, mode] of [
    [certificates, 0o755],
    [join(certificates, "privkey.pem"), 0o644],
  ] as const) {
    chmodSync(path, mode);
  }
  await using stack = up("compose.cluster.yaml", {
    DATABASE_PASSWORD: "of-this-test",
    TRUNKLINE_SITE: site,
    TRUNKLINE_PUBLISH: String(port),
    TRUNKLINE_CERTIFICATES: certificates,
  });
  for (const node of ["a", "b", "c"]) await stack.untilHealthy(node);
  await taskInBrowser({
    signInUrl: stack.link("a", `https://${site}`),
    prompt: "run: echo $((6 * 7)) in $PWD",
    answer: /42 in \/shared\/workspaces\//,
  });
  process.stdout.write("Three servers: a task in Chromium streamed to its end\n");
  await taskInBrowser({
    signInUrl: stack.link("a", `https://${site}`),
    prompt: "run: echo begun-$((1 + 1)); sleep 3600; echo $((6 * 9))",
    working: /begun-2/,
    meanwhile: async () => {
      const working = ["a", "b", "c"].find((node) =>
        stack
          .compose("exec", "-T", node, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
          .includes("sleep 3600"),
      );
      if (working === undefined) throw new Error("No node works at the task");
      stack.compose("kill", working);
      process.stdout.write(`Three servers: killed ${working} under its task\n`);
    },
    answer: /Resumed|attempt 2|interrupted/i,
  });
  process.stdout.write("Three servers: another one ended the task\n");
}

function up(file: string, settings: Record<string, string>) {
  const env = { ...process.env, ...settings, COMPOSE_PROJECT_NAME: "trunkline-smoke" };
  const compose = (...args: string[]): string =>
    execFileSync("docker-compose", ["--file", file, ...args], {
      cwd: directory,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  compose("up", "--detach");
  return {
    compose,
    /** A link for a browser, asked for inside of a container. */
    link(service: string, site: string): string {
      const { pathname, search } = new URL(compose("exec", "-T", service, "trunkline", "login").trim());
      return `${site}${pathname}${search}`;
    },
    async untilHealthy(service: string): Promise<void> {
      const deadline = Date.now() + LIMIT_MS;
      for (;;) {
        const id = compose("ps", "--quiet", service).trim();
        const state = execFileSync("docker", ["inspect", "--format", "{{.State.Health.Status}}", id], {
          encoding: "utf8",
        }).trim();
        if (state === "healthy") return;
        if (Date.now() > deadline) throw new Error(`${service} is ${state}:\n${compose("logs", service)}`);
        await delay(500);
      }
    },
    async [Symbol.asyncDispose](): Promise<void> {
      compose("down", "--volumes", "--timeout", "20");
    },
  };
}
