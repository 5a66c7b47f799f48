import { readFile, stat, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { CredentialVault } from "./credential-vault.ts";
import { readGitUrl } from "./git-url.ts";

const CREDENTIAL = { kind: "token", secret: "canary-0123456789" } as const;

test("opens what it sealed, for the same project and with the same key alone", async () => {
  await using directory = await TemporaryDirectory.create();
  const open = () => new CredentialVault({ sharedDir: directory.path, keyFile: undefined });
  // Two nodes that start at once use one key.
  const [one, other] = [open(), open()];
  const [sealed, again] = await Promise.all([one.seal("p", CREDENTIAL), other.seal("p", CREDENTIAL)]);
  expect(await other.open("p", sealed)).toEqual(CREDENTIAL);
  expect(await open().open("p", again)).toEqual(CREDENTIAL);
  expect(sealed).not.toBe(again);
  expect(sealed + Buffer.from(sealed, "base64").toString("latin1")).not.toContain("canary");
  expect((await stat(directory.join("credentials.key"))).mode & 0o777).toBe(0o600);

  await expect(one.open("q", sealed)).rejects.toMatchObject({ reason: "unavailable" });
  const at = "v1:".length + 20;
  const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
  await expect(one.open("p", changed)).rejects.toThrow("another key");
  await writeFile(directory.join("credentials.key"), Buffer.alloc(32, 7).toString("base64"));
  await expect(open().open("p", sealed)).rejects.toThrow("Set it again");
});

test("the operator's own key file: used as it is, never made, and a broken one is said", async () => {
  await using directory = await TemporaryDirectory.create();
  const keyFile = directory.join("own.key");
  const vault = new CredentialVault({ sharedDir: directory.path, keyFile });
  await expect(vault.seal("p", CREDENTIAL)).rejects.toThrow("can't be used");
  await writeFile(keyFile, "short");
  await expect(vault.seal("p", CREDENTIAL)).rejects.toThrow("32 bytes");
  await writeFile(keyFile, Buffer.alloc(32, 7).toString("base64"));
  expect(await vault.open("p", await vault.seal("p", CREDENTIAL))).toEqual(CREDENTIAL);
  await expect(readFile(directory.join("credentials.key"))).rejects.toMatchObject({ code: "ENOENT" });
});

test.each([
  ["git@git.example:a/b.git", "ssh://git@git.example/a/b.git"],
  ["ssh://git@git.example:2222/a.git", "ssh://git@git.example:2222/a.git"],
  ["https://git.example/a/b", "https://git.example/a/b"],
])("a git URL: %s", (text, url) => {
  expect(readGitUrl(text, ["https", "ssh"]).url).toBe(url);
});

test.each([
  "ext::sh -c touch% /tmp/x",
  "file:///etc",
  "/etc",
  "--upload-pack=touch /tmp/x",
  "-oProxyCommand=x@host:a",
  "ssh://-oProxyCommand=x/a",
  "ssh://git.example",
  "https://user:secret@git.example/a",
  "https://token@git.example/a",
  "https://git.example/a?token=x",
  "http://git.example/a",
  "ssh://a%0ab@git.example/a",
  "https://git.example/a%0ab",
  "https://git.example/100%",
  "ssh://%zz@git.example/a",
  "fd::17/foo",
])("no git URL: %s", (text) => {
  expect(() => readGitUrl(text, ["https", "ssh"])).toThrow(
    expect.objectContaining({ reason: "validation_failed" }),
  );
});

test("a key that is there and can't be read is not to be overwritten by a new one", async () => {
  await using directory = await TemporaryDirectory.create();
  // Whoever runs this, a directory is no file.
  const vault = new CredentialVault({ sharedDir: directory.path, keyFile: directory.path });
  const refused = vault.seal("p", CREDENTIAL);
  await expect(refused).rejects.toThrow("Let the server's user read it");
  await expect(refused).rejects.not.toThrow("Create one");
});
