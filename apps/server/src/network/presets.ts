/** Hosts that go together, and where that is documented. */
interface Preset {
  hosts: readonly string[];
  /** Who says so. */
  sources: readonly string[];
}

/**
 * Registries of packages and hosts of public repositories. Only hosts that one operator fills: not object stores, where
 * anybody can rent the neighbouring bucket and read what a command sends there.
 */
export const PRESETS = {
  npm: {
    hosts: ["registry.npmjs.org", "registry.yarnpkg.com", "repo.yarnpkg.com"],
    sources: ["https://docs.npmjs.com/cli/using-npm/registry", "https://yarnpkg.com/configuration/yarnrc"],
  },
  pypi: {
    hosts: ["pypi.org", "files.pythonhosted.org"],
    sources: ["https://docs.pypi.org/api/index-api/"],
  },
  crates: {
    hosts: ["index.crates.io", "static.crates.io", "crates.io"],
    sources: [
      "https://doc.rust-lang.org/cargo/reference/registry-index.html",
      "https://crates.io/data-access",
    ],
  },
  rust: {
    hosts: ["static.rust-lang.org"],
    sources: ["https://rust-lang.github.io/rustup/environment-variables.html"],
  },
  go: {
    hosts: ["proxy.golang.org", "sum.golang.org"],
    sources: ["https://go.dev/ref/mod#environment-variables", "https://proxy.golang.org/"],
  },
  node: {
    hosts: ["nodejs.org"],
    sources: ["https://github.com/nodejs/node-gyp#environment-variables"],
  },
  rubygems: {
    hosts: ["rubygems.org", "index.rubygems.org"],
    sources: ["https://guides.rubygems.org/rubygems-org-api/"],
  },
  maven: {
    hosts: ["repo.maven.apache.org", "repo1.maven.org", "plugins.gradle.org", "services.gradle.org"],
    sources: [
      "https://maven.apache.org/guides/introduction/introduction-to-repositories.html",
      "https://docs.gradle.org/current/userguide/plugins.html",
    ],
  },
  packagist: {
    hosts: ["repo.packagist.org", "packagist.org"],
    sources: ["https://packagist.org/apidoc"],
  },
  nuget: {
    hosts: ["api.nuget.org"],
    sources: ["https://learn.microsoft.com/nuget/api/overview"],
  },
  debian: {
    hosts: ["deb.debian.org", "security.debian.org"],
    sources: ["https://www.debian.org/mirror/list", "https://www.debian.org/security/"],
  },
  ubuntu: {
    hosts: ["archive.ubuntu.com", "security.ubuntu.com", "ports.ubuntu.com"],
    sources: ["https://help.ubuntu.com/community/Repositories/Ubuntu"],
  },
  alpine: {
    hosts: ["dl-cdn.alpinelinux.org"],
    sources: ["https://wiki.alpinelinux.org/wiki/Repositories"],
  },
  github: {
    hosts: [
      "github.com",
      "codeload.github.com",
      "raw.githubusercontent.com",
      "objects.githubusercontent.com",
      "release-assets.githubusercontent.com",
      "github-releases.githubusercontent.com",
    ],
    sources: ["https://api.github.com/meta"],
  },
  gitlab: {
    hosts: ["gitlab.com"],
    sources: ["https://docs.gitlab.com/user/gitlab_com/"],
  },
  bitbucket: {
    hosts: ["bitbucket.org"],
    sources: [
      "https://support.atlassian.com/bitbucket-cloud/docs/what-are-the-bitbucket-cloud-ip-addresses-i-should-use-to-configure-my-corporate-firewall/",
    ],
  },
} as const satisfies Record<string, Preset>;

/** The name that stands for all of them. */
export const ALL_PRESETS = "registries";
