import { afterEach, expect, it, vi } from "vitest";

afterEach(() => vi.unstubAllGlobals());

async function load(basePath: string | undefined) {
  vi.resetModules();
  vi.stubGlobal("document", { documentElement: { dataset: { basePath } } });
  return import("./base-path.ts");
}

it("below a base path, paths get it once and lose it once", async () => {
  const { placed, pathIn, ownName } = await load("/agents");
  expect(placed("/")).toBe("/agents/");
  expect(placed("/s/1#e-2")).toBe("/agents/s/1#e-2");
  expect(placed("#e-2")).toBe("#e-2");
  expect(pathIn("/agents")).toBe("/");
  expect(pathIn("/agents/")).toBe("/");
  expect(pathIn("/agents/s/1")).toBe("/s/1");
  // As the UI's process, which never has it, renders.
  expect(pathIn("/s/1")).toBe("/s/1");
  expect(pathIn("/agentsx/s/1")).toBe("/agentsx/s/1");
  expect(ownName("trunkline:user")).toBe("/agentstrunkline:user");
});

it("below a base path, only its own pages are safe to link to on this server", async () => {
  await load("/agents");
  const { safeUrl } = await import("../markdown/safe-url.ts");
  const own = "https://example.com";
  const isSafe = (path: string): boolean => safeUrl(own + path, own) !== null;
  expect(["/agents/", "/agents/settings", "/agents/s/1"].map(isSafe)).toEqual([true, true, true]);
  expect(["/", "/settings", "/agents", "/agents/sign-in", "/agents/agents/"].map(isSafe)).toEqual(
    Array.from({ length: 5 }, () => false),
  );
});

it("at the root, everything stays as it is", async () => {
  const { placed, pathIn, ownName } = await load(undefined);
  expect([placed("/s/1"), pathIn("/s/1"), pathIn("/"), ownName("x")]).toEqual(["/s/1", "/s/1", "/", "x"]);
});
