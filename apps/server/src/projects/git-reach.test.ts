import { expect, onTestFinished, test } from "vitest";
import { publicAddressesOnly } from "../network/address-policy.ts";
import { resolveName } from "../network/resolve-name.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { auditRecord } from "../store/testing/audit-record.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { createGitReach } from "./git-reach.ts";
import { readGitUrl } from "./git-url.ts";

const [ADA, BOB] = ["00000000-0000-7000-8000-0000000000aa", "00000000-0000-7000-8000-0000000000bb"] as const;

const NAMES: Readonly<Record<string, string[]>> = {
  "public.example": ["93.184.216.34", "2606:2800:220:1::1"],
  "inner.example": ["10.0.0.5"],
  "half.example": ["93.184.216.34", "169.254.169.254"],
  "mapped.example": ["::ffff:10.0.0.5"],
  "nowhere.example": [],
};

/** A server of two: Ada is an admin. */
async function open({ hosts = [] as string[], users = [ADA, BOB] as string[] } = {}) {
  const directory = await TemporaryDirectory.create();
  const store = await openSqliteStore({
    path: directory.join("db"),
    now: Date.now,
    onFatal(error) {
      throw error;
    },
  });
  onTestFinished(async () => {
    await store.close();
    await directory[Symbol.asyncDispose]();
  });
  for (const id of users) await store.users.ensure({ id, name: id, createdAt: 1, removedAt: null });
  const token = { name: "t", kind: "api", parentId: null, createdAt: 1, expiresAt: null } as const;
  const add = async (userId: string, scope: "admin" | "write") => {
    const id = crypto.randomUUID();
    await store.tokens.add({ ...token, id, userId, scope, hash: id });
    return id;
  };
  const adminToken = await add(ADA, "admin");
  if (users.includes(BOB)) await add(BOB, "write");
  const asked: string[] = [];
  const findRoute = createGitReach({
    store,
    hosts,
    resolve: async (host, signal) => {
      asked.push(host);
      const addresses = NAMES[host];
      if (addresses === undefined)
        return resolveName(host, signal, { servers: ["127.0.0.1:1"], attempts: 1 });
      return addresses.map((address) => ({ address }));
    },
    policy: publicAddressesOnly,
    now: Date.now,
  });
  const route = async (url: string, userId: string = BOB) =>
    findRoute(readGitUrl(url, ["https", "http", "ssh", "file"]), userId);
  return { store, route, asked, adminToken };
}

test("a name leads to the addresses that were checked", async () => {
  const { route } = await open();
  expect(await route("https://public.example/a.git")).toEqual(NAMES["public.example"]);
  expect(await route("git@public.example:a.git")).toEqual(NAMES["public.example"]);
  // It is its address already.
  expect(await route("https://93.184.216.34/a.git")).toBeNull();
});

test.each([
  "https://inner.example/a.git",
  "ssh://git@inner.example:2222/a.git",
  "git@inner.example:a.git",
  "https://half.example/a.git",
  "https://mapped.example/a.git",
  "https://nowhere.example/a.git",
  "https://localhost/a.git",
  "https://git.localhost/a.git",
  "ssh://git@127.0.0.1/a.git",
  "https://10.0.0.5/a.git",
  // Spellings of loopback that URLs take.
  "https://0x7f.1/a.git",
  "https://2130706433/a.git",
  "https://[::1]/a.git",
  "ssh://git@[::ffff:127.0.0.1]/a.git",
  "https://169.254.169.254/latest/meta-data",
  // Names that curl, or ssh, could take for others than were checked.
  "https://public.example./a.git",
  "ssh://git@public%2eexample/a.git",
])("%s: refused to a user, without a word about addresses; an admin's own business", async (url) => {
  const { route } = await open();
  const refused = await route(url).catch((error: unknown) => error);
  expect(refused).toMatchObject({ reason: "forbidden" });
  expect(String(refused)).toContain("TRUNKLINE_PROJECT_HOSTS");
  expect(String(refused)).not.toMatch(/10\.0\.0\.5(?!.*is not on)|leads to/);
  expect(await route(url, ADA)).toBeNull();
});

test.each(["ssh://git@2130706433/a.git", "ssh://git@127.1/a.git"])(
  "%s is a name like any other to whoever checks it",
  async (url) => {
    const { route, asked } = await open();
    await expect(route(url)).rejects.toMatchObject({ reason: "remote_failed" });
    expect(asked).toHaveLength(1);
  },
);

test("hosts that the operator lists, with their port where it says one", async () => {
  const hosts = ["inner.example", "10.0.0.5:8443", "*.corp.example"];
  const { route, asked } = await open({ hosts });
  for (const url of [
    "https://inner.example/a",
    "ssh://git@INNER.example:22/a",
    "https://10.0.0.5:8443/a",
    "https://git.corp.example/a",
  ]) {
    expect(await route(url)).toBeNull();
  }
  expect(asked).toEqual([]);
  for (const url of [
    "https://10.0.0.5/a",
    "https://10.0.0.5:8444/a",
    "https://x.inner.example.localhost/a",
  ]) {
    await expect(route(url)).rejects.toMatchObject({ reason: "forbidden" });
  }
});

test("whoever is alone, or holds an admin's token, reaches what the machine does; until it is revoked", async () => {
  const alone = await open({ users: [ADA] });
  expect(await alone.route("https://127.0.0.1/a.git", ADA)).toBeNull();
  const { store, route, adminToken } = await open();
  expect(await route("https://127.0.0.1/a.git", ADA)).toBeNull();
  await store.tokens.revoke(adminToken, Date.now() - 1, auditRecord());
  await expect(route("https://127.0.0.1/a.git", ADA)).rejects.toMatchObject({ reason: "forbidden" });
  expect(await route("file:///srv/a.git")).toBeNull();
});
