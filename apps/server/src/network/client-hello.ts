/** What is known of a TLS client's first message so far. */
export type Hello =
  | { type: "incomplete" }
  /** Not TLS, or malformed. */
  | { type: "none" }
  /** Name of the server that it asks for; null: it names none. */
  | { type: "hello"; serverName: string | null };

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const HOST_NAME = 0;

/** The largest message to wait for, in bytes: they have about 2,000. */
export const MAX_HELLO_BYTES = 16_384;

/**
 * Reads the server's name from the beginning of a TLS connection (RFC 8446, section 4.1.2; RFC 6066, section 3). The
 * message can be spread over several records.
 * @param bytes everything that the client has sent.
 */
export function readClientHello(bytes: Buffer): Hello {
  const message: Buffer[] = [];
  let length = 0;
  let wanted = 4;
  for (let at = 0; length < wanted;) {
    if (bytes.length > at && bytes[at] !== HANDSHAKE_RECORD) return { type: "none" };
    if (bytes.length < at + 5) return { type: "incomplete" };
    const size = bytes.readUInt16BE(at + 3);
    if (size === 0) return { type: "none" };
    const fragment = bytes.subarray(at + 5, at + 5 + size);
    message.push(fragment);
    length += fragment.length;
    if (wanted === 4 && length >= 4) {
      const header = Buffer.concat(message).readUInt32BE(0);
      if (header >>> 24 !== CLIENT_HELLO) return { type: "none" };
      wanted += header & 0xff_ffff;
      if (wanted > MAX_HELLO_BYTES) return { type: "none" };
    }
    if (length < wanted && fragment.length < size) return { type: "incomplete" };
    at += 5 + size;
  }
  try {
    return readBody(Buffer.concat(message).subarray(4, wanted));
  } catch (error) {
    // A length inside points past its end.
    if (error instanceof RangeError) return { type: "none" };
    throw error;
  }
}

/** @throws RangeError */
function readBody(body: Buffer): Hello {
  let at = 2 + 32; // version, random
  at += 1 + body.readUInt8(at); // session id
  at += 2 + body.readUInt16BE(at); // cipher suites
  at += 1 + body.readUInt8(at); // compression methods
  if (at === body.length) return { type: "hello", serverName: null };
  const end = at + 2 + body.readUInt16BE(at);
  let serverName: string | null = null;
  for (at += 2; at < end;) {
    const type = body.readUInt16BE(at);
    const size = body.readUInt16BE(at + 2);
    at += 4;
    if (at + size > body.length) return { type: "none" };
    if (type === SERVER_NAME) {
      // Two of them would leave open which one the server takes.
      if (serverName !== null) return { type: "none" };
      serverName = readServerName(body.subarray(at, at + size));
      if (serverName === null) return { type: "none" };
    }
    at += size;
  }
  return { type: "hello", serverName };
}

/** A list with one entry, as every client sends it. @throws RangeError */
function readServerName(extension: Buffer): string | null {
  const size = extension.readUInt16BE(3);
  const isOne = extension.readUInt16BE(0) === size + 3 && extension.length === size + 5;
  return isOne && extension.readUInt8(2) === HOST_NAME ? extension.toString("latin1", 5) : null;
}
