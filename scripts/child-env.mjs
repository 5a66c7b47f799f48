/**
 * Settings that a user may have given npm by environment and that pnpm needs, too: where packages come from, and how.
 */
const kept =
  /^npm_config_(userconfig|registry|proxy|http_proxy|https_proxy|noproxy|ca|cafile|strict_ssl|@.*|\/\/.*)$/i;

/**
 * The environment without what an outer `npm start` added: pnpm reads some of those variables as settings, and they
 * describe another package manager, Node and script.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutNpm(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => {
      if (name === "INIT_CWD" || name === "NODE") return false;
      return !/^npm_/i.test(name) || (kept.test(name) && value !== "");
    }),
  );
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} folder searched before all others
 * @param {string} delimiter
 * @returns {NodeJS.ProcessEnv}
 */
export function withPathFirst(env, folder, delimiter) {
  const path = env["PATH"];
  return { ...env, PATH: path ? `${folder}${delimiter}${path}` : folder };
}
