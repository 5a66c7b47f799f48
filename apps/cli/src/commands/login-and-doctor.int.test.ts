import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "../doctor/finding.ts";
import { CliProcess, type CliResult } from "../testing/cli-process.ts";

let server: ServerFixture;
const cli = (args: string[], env: Record<string, string> = {}): Promise<CliResult> =>
  CliProcess.run(args, { TRUNKLINE_DATA_DIR: server.dataDir, ...env });

beforeAll(async () => {
  server = await ServerFixture.start();
});
afterAll(() => server[Symbol.asyncDispose]());

describe("login URL", () => {
  it("F3: keeps a token for that server once it is accepted, for this user alone, until logout", async () => {
    const home = await mkdtemp(join(tmpdir(), "trunkline-home-"));
    const elsewhere = { HOME: home, XDG_CONFIG_HOME: "", TRUNKLINE_DATA_DIR: "" };
    const run = async (args: string[], stdin?: string) => CliProcess.run(args, elsewhere, stdin);
    try {
      expect(await run(["login", server.url], "wrong")).toMatchObject({ exitCode: 4 });
      expect(await run(["whoami"])).toMatchObject({ exitCode: 4 });
      expect(await run(["login", `${server.url}/`], `${server.token}\n`)).toMatchObject({
        exitCode: 0,
        out: expect.stringContaining(`Signed in to ${server.url} as local`),
      });
      const file = join(home, ".config", "trunkline", "login.json");
      expect((await stat(file)).mode & 0o777).toBe(0o600);

      const who = await run(["whoami", "--json"]);
      expect(JSON.parse(who.out)).toMatchObject({ url: server.url, tokenSource: file, name: "local" });
      expect((await run(["whoami"])).out).not.toContain(server.token);
      // Another address does not get it.
      expect(await run(["whoami", "--url", server.url.replace("127.0.0.1", "localhost")])).toMatchObject({
        exitCode: 4,
      });

      // A profile is another login beside it, which counts only where it is named.
      expect(await run(["whoami", "--profile", "work"])).toMatchObject({
        exitCode: 2,
        err: expect.stringContaining("There is no profile 'work'. Create it: "),
      });
      expect(await run(["login", server.url, "--profile", "../x"], server.token)).toMatchObject({
        exitCode: 2,
      });
      const other = await server.client.token.create.mutate({ name: "work", scope: "read" });
      expect(await run(["login", server.url, "--profile", "work"], other.secret)).toMatchObject({
        exitCode: 0,
      });
      const work = join(home, ".config", "trunkline", "profiles", "work.json");
      expect((await stat(work)).mode & 0o777).toBe(0o600);
      for (const [args, env] of [
        [["whoami", "--json", "--profile", "work"], {}],
        [["whoami", "--json"], { TRUNKLINE_PROFILE: "work", TRUNKLINE_URL: "http://127.0.0.1:1" }],
      ] as const) {
        const { out } = await CliProcess.run(args, { ...elsewhere, ...env });
        expect(JSON.parse(out)).toMatchObject({ url: server.url, tokenSource: work, scopes: ["read"] });
      }
      expect((await run(["whoami"])).out).toContain("saved:  --profile work");
      expect((await run(["logout", "--profile", "work"])).out).toBe("Forgotten: profile work.\n");
      expect((await run(["whoami"])).out).not.toContain("saved:");
      await run(["logout"]);
      expect(await run(["whoami"])).toMatchObject({ exitCode: 4 });
    } finally {
      await rm(home, { recursive: true });
    }
  });
});

describe("login", () => {
  it("prints a link that works once", async () => {
    const { exitCode, out, err } = await cli(["login"]);
    expect(exitCode).toBe(0);
    expect(err).toBe("It works once, within 10 min 00 s.\n");
    const link = out.trim();
    expect(link.startsWith(`${server.url}/sign-in?code=`)).toBe(true);
    const first = await fetch(link, { redirect: "manual" });
    expect(first.status).toBe(303);
    expect(first.headers.get("set-cookie")).not.toBeNull();
    expect((await fetch(link, { redirect: "manual" })).status).toBe(403);
    expect(JSON.parse((await cli(["login", "--json"])).out)).toMatchObject({ expiresInMs: 600_000 });
  });

  it("exits with 4 for a token that the server does not know, and for no server", async () => {
    expect(await cli(["login"], { TRUNKLINE_TOKEN: "wrong" })).toEqual({
      exitCode: 4,
      out: "",
      err: `error: ${server.url} does not accept the token of TRUNKLINE_TOKEN.\n`,
    });
    const nobody = await cli(["login", "--url", "http://127.0.0.1:1"]);
    expect(nobody).toMatchObject({ exitCode: 4, err: expect.stringMatching(/^error: .+127\.0\.0\.1:1/) });
  });
});

describe("doctor", () => {
  const findings = ({ out }: CliResult): Record<string, Finding> =>
    Object.fromEntries(
      out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Finding)
        .map((finding) => [finding.check, finding]),
    );

  it("goes through a setup that works", async () => {
    await chmod(server.dataDir, 0o700);
    const { exitCode, out } = await cli(["doctor"]);
    expect(out).toMatch(/^ok {4}node +\d/m);
    expect(out).toMatch(new RegExp(`^ok {4}server +${server.url}, pid ${server.pid}, version \\d`, "m"));
    expect(out).toMatch(/^ok {4}token +.+ is accepted$/m);
    expect(out).toMatch(/^warn {2}model +demo: scripted answers/m);
    expect(out).toMatch(/^(ok {2}|warn) {2}sandbox {2}/m);
    expect(exitCode).toBe(0);
  });

  it("tells a token that is wrong from a server that is not there", async () => {
    const refused = await cli(["doctor", "--json"], { TRUNKLINE_TOKEN: "wrong" });
    expect(findings(refused)).toMatchObject({ server: { level: "ok" }, token: { level: "fail" } });
    expect(refused.exitCode).toBe(1);
    const nobody = await cli(["doctor", "--json", "--url", "http://127.0.0.1:1"]);
    expect(findings(nobody)).toMatchObject({ "data directory": { level: "ok" }, server: { level: "fail" } });
    expect(findings(nobody)).not.toHaveProperty("token");
    expect(nobody.exitCode).toBe(1);
  });

  it("explains what is wrong with trunkline.config.json, and what it needs", async () => {
    const path = join(server.dataDir, "trunkline.config.json");
    await writeFile(path, '{"providers":{"groq":{"kind":"openai-compatible","keyvariable":"GROQ_KEY"}}}');
    const faulty = await cli(["doctor"]);
    expect(faulty.out).toContain(
      `${path}: providers.groq.keyvariable: unknown setting. Did you mean keyVariable?`,
    );
    expect(faulty.exitCode).toBe(1);
    await writeFile(path, '{"providers":{"groq":{"kind":"openai-compatible","keyVariable":"GROQ_KEY"}}}');
    expect((await cli(["doctor"])).out).toMatch(
      /^warn {2}config file .+sets providers; not set in this shell.+GROQ_KEY$/m,
    );
    expect((await cli(["doctor"], { GROQ_KEY: "k" })).out).toMatch(/^ok {4}config file .+sets providers$/m);
    await rm(path);
    const elsewhere = await cli(["doctor"], { TRUNKLINE_CONFIG_FILE: path });
    expect(elsewhere.out).toMatch(
      /^fail {2}config file .+TRUNKLINE_CONFIG_FILE names .+ which does not exist$/m,
    );
  });
});
