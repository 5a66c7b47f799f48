import { createDecipheriv, createPublicKey, type ECDH, hkdfSync, verify } from "node:crypto";

/** What a browser does with a message (RFC 8291 over RFC 8188), written from the standards alone. */
export function decrypt(body: Buffer, receiver: { ecdh: ECDH; auth: Buffer }): string {
  const salt = body.subarray(0, 16);
  const recordSize = body.readUInt32BE(16);
  const keyLength = body.readUInt8(20);
  const sender = body.subarray(21, 21 + keyLength);
  const record = body.subarray(21 + keyLength);
  if (record.length > recordSize) throw new Error("more than one record");
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), receiver.ecdh.getPublicKey(), sender]);
  const ikm = hkdf(receiver.ecdh.computeSecret(sender), receiver.auth, info, 32);
  const key = hkdf(ikm, salt, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
  const nonce = hkdf(ikm, salt, Buffer.from("Content-Encoding: nonce\0"), 12);
  const decipher = createDecipheriv("aes-128-gcm", key, nonce);
  decipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = padded.lastIndexOf(2);
  if (end === -1 || padded.subarray(end + 1).some((byte) => byte !== 0)) throw new Error("no delimiter");
  return padded.subarray(0, end).toString("utf8");
}

function hkdf(secret: Buffer, salt: Buffer, info: Buffer, length: number): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, info, length));
}

export interface VapidClaims {
  aud: string;
  exp: number;
  sub: string;
}

/** What a push service checks (RFC 8292). @throws Error */
export function checkVapid(authorization: string | undefined, publicKey: string): VapidClaims {
  const [, head = "", claims = "", signature = "", k] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)$/.exec(authorization ?? "") ?? [];
  if (k !== publicKey) throw new Error(`signed with ${k}, not with the key of the subscription`);
  const point = Buffer.from(publicKey, "base64url");
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
  const key = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  const isRight = verify(
    "sha256",
    Buffer.from(`${head}.${claims}`),
    { key, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  const { alg } = JSON.parse(Buffer.from(head, "base64url").toString()) as { alg: string };
  if (!isRight || alg !== "ES256") throw new Error("the signature is wrong");
  return JSON.parse(Buffer.from(claims, "base64url").toString()) as VapidClaims;
}
