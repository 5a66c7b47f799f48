import { describe, expect, test } from "vitest";
import { readForgeSites, repositoryAddress, requireForgeSite } from "./forge-address.ts";

describe("addresses", () => {
  test.each([
    ["https://github.com/octo/demo.git", "github.com", "octo/demo"],
    ["https://GitHub.com/octo/demo/", "github.com", "octo/demo"],
    ["https://ada@gitlab.com/group/sub/demo", "gitlab.com", "group/sub/demo"],
    ["http://127.0.0.1:3000/a/b.git", "127.0.0.1:3000", "a/b"],
    ["ssh://git@git.example.com:2222/a/b.git", "git.example.com:2222", "a/b"],
    ["ssh://git@github.com:22/a/b", "github.com", "a/b"],
    ["git@github.com:octo/demo.git", "github.com", "octo/demo"],
    ["codeberg.org:octo/demo.git", "codeberg.org", "octo/demo"],
  ])("%s", (url, host, path) => {
    expect(repositoryAddress(url)).toEqual({ host, path });
  });

  test.each(["file:///srv/demo.git", "/srv/demo.git", "https://github.com/", "demo", ""])(
    "%j is none",
    (url) => {
      expect(repositoryAddress(url)).toBeNull();
    },
  );
});

describe("which forge it is", () => {
  test("well-known hosts, over ssh as well", () => {
    const sites = readForgeSites([]);
    expect(requireForgeSite(sites, "git@github.com:octo/demo.git").site).toEqual({
      kind: "github",
      api: "https://api.github.com",
    });
    expect(requireForgeSite(sites, "ssh://git@codeberg.org/a/b").site.kind).toBe("gitea");
  });

  test("hosts that the operator names, with the API where it usually is or elsewhere", () => {
    const sites = readForgeSites(["git.corp=gitlab", "Code.Corp:8443=gitea:https://api.corp/v1/"]);
    expect(requireForgeSite(sites, "https://git.corp/a/b").site.api).toBe("https://git.corp/api/v4");
    expect(requireForgeSite(sites, "ssh://git@git.corp:2222/a/b").site.api).toBe("https://git.corp/api/v4");
    expect(requireForgeSite(sites, "https://code.corp:8443/a/b").site.api).toBe("https://api.corp/v1");
  });

  test("a lookalike of a known host is none", () => {
    const sites = readForgeSites([]);
    for (const host of ["github.com.evil.example", "evilgithub.com", "api.github.com", "github.com:8443"]) {
      const url = `https://${host}/a/b`;
      if (host === "github.com:8443") {
        // The same host; its API's address is ours, whatever the port.
        expect(requireForgeSite(sites, url).site.api).toBe("https://api.github.com");
      } else expect(() => requireForgeSite(sites, url)).toThrow(/TRUNKLINE_FORGES=/);
    }
  });

  test.each(["git.corp", "git.corp=bitbucket", "=gitlab", "git.corp=gitlab:ftp://x", "a b=gitlab"])(
    "%j is refused with what it takes",
    (entry) => {
      expect(() => readForgeSites([entry])).toThrow(/HOST=KIND/);
    },
  );
});
