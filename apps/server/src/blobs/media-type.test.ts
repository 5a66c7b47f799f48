import { expect, it } from "vitest";
import { HEAD_BYTES, mediaTypeOf } from "./media-type.ts";

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

it.each([
  ["image/png", bytes([0x89], "PNG\r\n", [0x1a, 0x0a], "rest")],
  ["image/jpeg", bytes([0xff, 0xd8, 0xff, 0xe0])],
  ["image/gif", bytes("GIF89a...")],
  ["image/webp", bytes("RIFF", [1, 2, 3, 4], "WEBP")],
  ["application/pdf", bytes("%PDF-1.7\n", [0xe2, 0xe3])],
  ["text/plain", bytes("# Notes\n\tÜber 😀\r\n")],
  ["text/plain", bytes("")],
  // Anything that a browser would run is text, whatever its sender claims.
  ["text/plain", bytes("<!doctype html><script>alert(1)</script>")],
  ["text/plain", bytes('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
  ["application/octet-stream", bytes("ELF", [0, 1, 2])],
  ["application/octet-stream", bytes("Latin-1: ", [0xe9], " .")],
  ["application/octet-stream", bytes("RIFF....", [0], "WAVE")],
  ["application/octet-stream", bytes("half a character ", [0xf0, 0x9f])],
])("tells %s by its bytes alone", (mediaType, content) => {
  expect(mediaTypeOf(content)).toBe(mediaType);
});

it("does not mind a character that the head cuts", () => {
  const text = Buffer.from("é".repeat(HEAD_BYTES));
  expect(mediaTypeOf(Buffer.concat([Buffer.from("a"), text]).subarray(0, HEAD_BYTES))).toBe("text/plain");
});
