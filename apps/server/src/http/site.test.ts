import { describe, expect, it } from "vitest";
import { createLinks } from "../compose/sign-in.ts";
import { createSite, publicOrigin } from "./site.ts";

const none = { allowedHosts: [], allowedOrigins: [] };

describe("the address that the server listens on", () => {
  it.each([
    ["10.0.0.11", "10.0.0.11:4400", true],
    ["127.0.1.11", "127.0.1.11:4400", true],
    ["fd00::1", "[fd00::1]:4400", true],
    ["10.0.0.11", "10.0.0.12:4400", false],
    ["10.0.0.11", "10.0.0.11:4401", false],
    ["0.0.0.0", "0.0.0.0:4400", false],
    ["::", "[::]:4400", false],
    // Whoever answers for that name could point it to this server.
    ["node-a.example.com", "node-a.example.com:4400", false],
  ])("%s: %s is its own: %s", (host, asked, isOwn) => {
    expect(createSite({ ...none, host }, 4400).allowsHost(asked)).toBe(isOwn);
  });
});

describe("the sign-in link", () => {
  const auth = {
    createSignInCode: async () => ({ code: "c", expiresInMs: 1 }),
    inviteAgain: async () => ({ code: "i" }),
  };
  const linkOf = async (host: string, more: { allowedHosts?: string[]; allowedOrigins?: string[] } = {}) => {
    const config = { ...none, ...more, host, recoverUser: undefined, basePath: "/agents" };
    const links = await createLinks(auth as never, `http://${host}:4400/agents`, config);
    return links.signInUrl;
  };
  const site = { allowedHosts: ["agents.example.com"], allowedOrigins: ["https://agents.example.com"] };

  it("leads to where browsers find the server", async () => {
    expect(await linkOf("10.0.0.11", site)).toBe("https://agents.example.com/agents/sign-in?code=c");
    expect(await linkOf("127.0.0.1", site)).toBe("http://127.0.0.1:4400/agents/sign-in?code=c");
    expect(await linkOf("10.0.0.11")).toBe("http://10.0.0.11:4400/agents/sign-in?code=c");
  });

  it("never leads to another program whose pages may call", () => {
    expect(publicOrigin({ ...site, allowedOrigins: ["https://dashboard.example.com"] })).toBeNull();
  });
});
