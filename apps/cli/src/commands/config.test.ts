import { chmod, chown, mkdtempDisposable, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";
import { runCaptured } from "../testing/captured-cli.ts";

const COMMENTED = `{
  // Our gateway; ask Kim.
  "providers": {
    "groq": {
      "kind": "openai-compatible",
      "baseUrl": "https://api.groq.com/openai/v1", /* the old one */
      "keyVariable": "GROQ_API_KEY",
      "headers": { "x-gateway-key": "gw-secret" }
    }
  }
}
`;

async function open(text?: string) {
  const directory = await mkdtempDisposable(join(tmpdir(), "trunkline-cli-config-"));
  const file = join(directory.path, "trunkline.config.json");
  if (text !== undefined) await writeFile(file, text, { mode: 0o640 });
  const env = { TRUNKLINE_DATA_DIR: directory.path };
  return {
    file,
    text: async () => readFile(file, "utf8"),
    run: async (...words: string[]) => runCaptured(["config", ...words], { env }),
    edit: async (editor: string) => CliProcess.run(["config", "edit"], { ...env, EDITOR: editor }),
    [Symbol.asyncDispose]: async () => directory.remove(),
  };
}

it("get prints a setting, and no key", async () => {
  await using config = await open(COMMENTED);
  expect(await config.run("get", "providers.groq.keyVariable")).toEqual({
    exitCode: 0,
    out: '"GROQ_API_KEY"\n',
    err: "",
  });
  const { out } = await config.run("get");
  expect(JSON.parse(out)).toMatchObject({
    providers: { groq: { headers: { "x-gateway-key": "(hidden)" } } },
  });
  expect(await config.run("get", "providers.groq.headers.x-gateway-key")).toMatchObject({
    out: '"(hidden)"\n',
  });
  expect(await config.run("get", "basePath")).toMatchObject({
    exitCode: 1,
    err: "error: basePath is not set.\n",
  });
  expect(await config.run("get", ".x")).toMatchObject({ exitCode: 1 });
});

it("set changes what it names and nothing else, comments and the file's mode included", async () => {
  await using config = await open(COMMENTED);
  expect(await config.run("set", "providers.groq.baseUrl", "https://gateway.example/v1")).toMatchObject({
    exitCode: 0,
    err: `Written to ${config.file}. The server reads it when it starts.\n`,
  });
  expect(await config.text()).toBe(
    COMMENTED.replace("https://api.groq.com/openai/v1", "https://gateway.example/v1"),
  );
  expect((await stat(config.file)).mode & 0o777).toBe(0o640);
  await config.run("set", "basePath", "/agents");
  await config.run("set", "fallbacks", '["groq:a"]');
  await config.run("set", "fallbacks[1]", "groq:b");
  const { out } = await config.run("get");
  expect(JSON.parse(out)).toMatchObject({ basePath: "/agents", fallbacks: ["groq:a", "groq:b"] });
  await config.run("set", "basePath", "--remove");
  expect(await config.text()).not.toContain("basePath");
  expect(await config.text()).toContain("// Our gateway; ask Kim.");
});

it("set refuses what the server would refuse, and leaves the file alone", async () => {
  await using config = await open(COMMENTED);
  for (const [words, message] of [
    [["basePath", "agents"], /basePath: takes a path such as \/agents/],
    [["colour", "red"], /colour: unknown setting/],
    [["providers[0]", "1"], /providers/],
    [["..", "1"], /no place in the file/],
  ] as const) {
    const refused = await config.run("set", ...words);
    expect(refused).toMatchObject({ exitCode: 1, out: "", err: expect.stringMatching(message) });
  }
  expect(await config.run("set", "basePath")).toMatchObject({ exitCode: 2 });
  expect(await config.text()).toBe(COMMENTED);
});

it("set makes the file where there is none, for its owner alone, and follows a link", async () => {
  await using config = await open();
  await using elsewhere = await open("{}");
  expect(await config.run("get")).toMatchObject({ exitCode: 0, out: "{}\n" });
  await config.run("set", "basePath", "/agents");
  expect(JSON.parse(await config.text())).toEqual({ basePath: "/agents" });
  expect((await stat(config.file)).mode & 0o777).toBe(0o600);
  await using linked = await open();
  await symlink(elsewhere.file, linked.file);
  await linked.run("set", "basePath", "/linked");
  expect(await elsewhere.text()).toContain("/linked");
});

it("check names each fault with its place", async () => {
  await using config = await open(COMMENTED);
  const good = await config.run("check");
  expect(good).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining("sets providers; not set in this shell"),
  });
  await writeFile(config.file, COMMENTED.replace("baseUrl", "baseURL"));
  expect(await config.run("check")).toMatchObject({
    exitCode: 1,
    out: expect.stringContaining("providers.groq.baseURL: unknown setting. Did you mean baseUrl?"),
  });
  await writeFile(config.file, '{\n  // mine\n  "providers": {},\n}');
  expect(await config.run("check")).toMatchObject({
    exitCode: 1,
    out: expect.stringMatching(/not valid JSON: .*line 4/),
  });
  await using none = await open();
  expect(await none.run("check")).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining("does not exist"),
  });
});

it("edit opens a copy, writes what is right, and keeps the copy of what is not", async () => {
  await using config = await open(COMMENTED);
  const replace = (from: string, to: string): string => `sed -i 's|${from}|${to}|'`;
  expect(await config.edit("true")).toMatchObject({ exitCode: 0, err: "Nothing was changed.\n" });
  expect(await config.edit(replace("the old one", "the new one"))).toMatchObject({ exitCode: 0 });
  expect(await config.text()).toContain("/* the new one */");
  const refused = await config.edit(replace("keyVariable", "keyVar"));
  expect(refused).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("providers.groq.keyVar: unknown setting"),
  });
  const copy = /Your copy is (\S+):/.exec(refused.err)?.[1] ?? "";
  expect(await readFile(copy, "utf8")).toContain('"keyVar"');
  expect(await config.text()).not.toContain('"keyVar"');
  expect(await config.edit("false")).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("ended with an error"),
  });
});

it.runIf(process.getuid?.() === 0)(
  "set as root leaves the file to its user, and a new one to the directory's",
  async () => {
    await using config = await open(COMMENTED);
    await chown(config.file, 4_242, 4_243);
    await chmod(config.file, 0o664);
    expect(await config.run("set", "basePath", '"/t"')).toMatchObject({ exitCode: 0 });
    const { uid, gid, mode } = await stat(config.file);
    expect([uid, gid, mode & 0o777]).toEqual([4_242, 4_243, 0o664]);

    await using empty = await open();
    await chown(dirname(empty.file), 4_242, 4_243);
    expect(await empty.run("set", "basePath", '"/t"')).toMatchObject({ exitCode: 0 });
    const made = await stat(empty.file);
    expect([made.uid, made.gid, made.mode & 0o777]).toEqual([4_242, 4_243, 0o600]);
  },
);
