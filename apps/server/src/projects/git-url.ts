import { TrunklineError } from "@trunkline/contract";

export interface GitUrl {
  /** As it is stored, and told to everybody who may see the project. */
  url: string;
  protocol: string;
  /** Null for `file://`. */
  host: string | null;
}

/** `user@host:path`, which git reads as ssh. */
const SCP_LIKE =
  /^(?:([\w.-]+)@)?((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?):(?!\/\/|:)([^\s\\]+)$/i;

/**
 * Takes only what names a host and a path. Git itself would also take helpers (`ext::sh -c …`), options in the place of
 * hosts, and local paths.
 * @throws TrunklineError `validation_failed`
 */
export function readGitUrl(text: string, protocols: readonly string[]): GitUrl {
  const scpLike = SCP_LIKE.exec(text);
  if (scpLike !== null && !text.includes("://")) {
    const [, user = "git", host = "", path = ""] = scpLike;
    return readGitUrl(`ssh://${user}@${host}/${path}`, protocols);
  }
  const url = URL.parse(text);
  if (url === null || !/^[a-z]+:\/\//.test(text)) {
    throw refusal("Write the URL as https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH");
  }
  const protocol = url.protocol.slice(0, -1);
  if (!protocols.includes(protocol)) {
    throw refusal(
      `This server does not fetch over ${protocol}; it does over ${protocols.join(", ")}. Its operator decides: TRUNKLINE_PROJECT_PROTOCOLS`,
    );
  }
  if (url.password !== "" || (url.username !== "" && protocol !== "ssh")) {
    throw refusal("Leave out user name and password: store them with project.setCredential");
  }
  if (url.search !== "" || url.hash !== "") throw refusal("Leave out what follows ? or # in the URL");
  // ssh and git would take these for options.
  if (
    url.hostname.startsWith("-") ||
    !/^[\w.-]*$/.test(decoded(url.username)) ||
    url.username.startsWith("-")
  ) {
    throw refusal("That is not the name of a host or user");
  }
  if (url.hostname === "" && protocol !== "file") throw refusal("The URL names no host");
  if (/[\p{Cc}\\]/u.test(decoded(url.pathname)) || url.pathname.length < 2) {
    throw refusal("The URL names no path");
  }
  return { url: url.href, protocol, host: protocol === "file" ? null : url.hostname };
}

/** @throws TrunklineError `validation_failed` */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw refusal("A % in the URL begins no character: write %25 for the sign itself");
  }
}

function refusal(message: string): TrunklineError {
  return new TrunklineError("validation_failed", message);
}
