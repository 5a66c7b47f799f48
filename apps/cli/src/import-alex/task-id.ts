import { createHash } from "node:crypto";

/**
 * A deterministic task id. The import assigns ids of its own, so it only has to be unique in its document: UUIDv8 (RFC
 * 9562, section 5.8) of a SHA-256.
 */
export function taskIdOf(importKey: string, index: number): string {
  const bytes = createHash("sha256").update(`${importKey}\n${index}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
