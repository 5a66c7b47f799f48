/** Where a command finds the proxy, in its own network: nothing else is there. */
export const PROXY_PORT = 3128;
const PROXY_HOST = "127.0.0.1";
const PROXY = `http://${PROXY_HOST}:${PROXY_PORT}`;

/** What stays inside the sandbox. */
const LOCAL = "localhost,127.0.0.1,::1";

/** Variables by which programs find the proxy. curl and git read the lower-case ones, others either. */
export const PROXY_ENVIRONMENT: Readonly<Record<string, string>> = {
  HTTP_PROXY: PROXY,
  HTTPS_PROXY: PROXY,
  http_proxy: PROXY,
  https_proxy: PROXY,
  NO_PROXY: LOCAL,
  no_proxy: LOCAL,
  // Node's own `fetch` and `http`: https://nodejs.org/api/cli.html#node_use_env_proxy1
  NODE_USE_ENV_PROXY: "1",
  // https://yarnpkg.com/configuration/yarnrc
  YARN_HTTP_PROXY: PROXY,
  YARN_HTTPS_PROXY: PROXY,
};
