import { FetchError } from "./fetch-error.ts";

const MAX_ADDRESS_LENGTH = 8_192;

/** Ports of services that speak to a machine's neighbours: mail, DNS, shells. */
const FIRST_ORDINARY_PORT = 1_024;

/**
 * Parses a page's address. The URL standard normalises every spelling of an IPv4 address (`0x7f.1`, `017700000001`,
 * `2130706433`), so the address itself is checked, not its spelling.
 * @param base for relative addresses.
 * @throws FetchError
 */
export function readPageAddress(text: string, base?: URL): URL {
  const url = text.length <= MAX_ADDRESS_LENGTH ? URL.parse(text, base) : null;
  if (url === null)
    throw new FetchError("This is no URL. Give a whole one, such as https://example.com/page");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new FetchError(`${url.protocol} cannot be fetched, only http: and https:`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new FetchError("A URL with a user name or a password in it is not fetched");
  }
  if (url.port !== "" && url.port !== "80" && url.port !== "443" && Number(url.port) < FIRST_ORDINARY_PORT) {
    throw new FetchError(`Port ${url.port} is not allowed for web pages`);
  }
  url.hash = "";
  return url;
}
