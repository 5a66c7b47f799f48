/**
 * Takes `name value` or `name=value` out of command-line arguments; the last one counts.
 *
 * @param {readonly string[]} args
 * @param {string} name such as `--web`
 * @returns {{ value: string | undefined, rest: string[] }}
 */
export function takeOption(args, name) {
  /** @type {string | undefined} */
  let value;
  /** @type {string[]} */
  const rest = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (arg === name) value = args[++index];
    else if (arg.startsWith(`${name}=`)) value = arg.slice(name.length + 1);
    else rest.push(arg);
  }
  return { value, rest };
}
