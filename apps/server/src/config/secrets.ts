import type { TracesConfig } from "./traces.ts";
import type { Environment, Variables } from "./variables.ts";

const SECRETS_IN_FILES = [
  "TRUNKLINE_METRICS_TOKEN",
  "OPENAI_API_KEY",
  "ANTHROPIC_API_KEY",
  "GOOGLE_GENERATIVE_AI_API_KEY",
];

/** Values of the environment that must never be seen anywhere. */
export function readSecrets(
  env: Environment,
  of: { variables: Variables; traces: TracesConfig | null; databaseUrl: string | undefined },
): string[] {
  return [
    ...secretsIn(env),
    ...Object.values(of.traces?.headers ?? {}),
    ...SECRETS_IN_FILES.flatMap((name) => of.variables.secret(name) ?? []),
    ...passwordIn(of.databaseUrl ?? ""),
  ];
}

/** How variables are called that hold what nobody may see: ours, a cloud's, a database's. */
const SECRET_NAMES = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(?:_|$)/i;

/** Values of those, and passwords in addresses. */
function secretsIn(env: Environment): string[] {
  return Object.entries(env).flatMap(([name, text]) => {
    const value = text?.trim() ?? "";
    // Where a secret is, is none.
    if (!SECRET_NAMES.test(name) || name.endsWith("_FILE")) return passwordIn(value);
    return value === "" ? [] : [value];
  });
}

/** As it is, and as the address spells it. */
export function passwordIn(url: string): string[] {
  const password = URL.parse(url)?.password ?? "";
  if (password === "") return [];
  try {
    return [...new Set([password, decodeURIComponent(password)])];
  } catch {
    // A percent sign that encodes nothing.
    return [password];
  }
}
