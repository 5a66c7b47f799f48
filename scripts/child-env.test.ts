import { expect, test } from "vitest";
import { withPathFirst, withoutNpm } from "./child-env.mjs";

test("what an outer npm set is gone, what the user set stays", () => {
  const env = withoutNpm({
    HOME: "/home/me",
    OPENAI_API_KEY: "key",
    NODE: "/usr/bin/node",
    INIT_CWD: "/src",
    npm_lifecycle_event: "start",
    npm_execpath: "/usr/lib/npm-cli.js",
    npm_config_prefix: "/usr",
    npm_config_user_agent: "npm/11",
    npm_config_noproxy: "",
    npm_config_registry: "https://registry.example/",
    NPM_CONFIG_HTTPS_PROXY: "http://proxy.example:3128",
    "npm_config_//registry.example/:_authToken": "secret",
  });
  expect(env).toEqual({
    HOME: "/home/me",
    OPENAI_API_KEY: "key",
    npm_config_registry: "https://registry.example/",
    NPM_CONFIG_HTTPS_PROXY: "http://proxy.example:3128",
    "npm_config_//registry.example/:_authToken": "secret",
  });
});

test("a folder comes first on the path, which may have been empty", () => {
  expect(withPathFirst({ PATH: "/usr/bin" }, "/tools", ":")).toEqual({ PATH: "/tools:/usr/bin" });
  expect(withPathFirst({}, "/tools", ":")).toEqual({ PATH: "/tools" });
});
