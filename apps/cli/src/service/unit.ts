/** Whose manager runs the server: the machine's, or that of the user who is signed in. */
export type Manager = "system" | "user";

export interface UnitOptions {
  manager: Manager;
  /** The words that start this program, absolute. */
  program: readonly string[];
}

/** Account of the system's unit. */
export const SERVICE_USER = "trunkline";

/**
 * The text of a systemd unit. What is left out is left out on purpose: RestrictNamespaces and a masked /proc would keep
 * commands from their sandbox.
 */
export function unitText({ manager, program }: UnitOptions): string {
  const start = [...program, "serve"].map(quoted).join(" ");
  return manager === "system" ? systemUnit(start) : userUnit(start);
}

function systemUnit(start: string): string {
  return `[Unit]
Description=Trunkline, a server for AI agents
Documentation=https://www.npmjs.com/package/trunkline
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=${start}
User=${SERVICE_USER}
# /var/lib/trunkline and /var/cache/trunkline: made by systemd, for this user alone.
StateDirectory=trunkline
StateDirectoryMode=0700
CacheDirectory=trunkline
CacheDirectoryMode=0700
WorkingDirectory=%S/trunkline
Environment=TRUNKLINE_DATA_DIR=%S/trunkline
Environment=HOME=%S/trunkline
Environment=XDG_CACHE_HOME=%C/trunkline
# Keys and settings, a NAME=value per line.
EnvironmentFile=-/etc/trunkline/environment
Restart=on-failure
# Commands of tasks are ended by the server, which interrupts what runs; the next start continues it.
KillMode=mixed
TimeoutStopSec=20
# The default is low on small machines. The server shares out what there is among its commands.
TasksMax=infinity
UMask=0077
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes

[Install]
WantedBy=multi-user.target
`;
}

function userUnit(start: string): string {
  return `[Unit]
Description=Trunkline, a server for AI agents
Documentation=https://www.npmjs.com/package/trunkline

[Service]
ExecStart=${start}
# Keys and settings, a NAME=value per line.
EnvironmentFile=-%E/trunkline/environment
Restart=on-failure
# Commands of tasks are ended by the server, which interrupts what runs; the next start continues it.
KillMode=mixed
TimeoutStopSec=20
# The default is low on small machines. The server shares out what there is among its commands.
TasksMax=infinity
UMask=0077

[Install]
WantedBy=default.target
`;
}

/** systemd.syntax(7): quotes and backslashes; `%` begins a specifier, `$` a variable. */
function quoted(word: string): string {
  const escaped = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@+=:,./%-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
