/** Bytes that a text in Base64 stands for. */
export function byteLength(base64: string): number {
  return Math.floor((base64.length * 3) / 4);
}
