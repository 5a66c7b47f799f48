/** Message of the UI's process to its parent. */
export interface WebProcessMessage {
  type: "listening";
  /** On 127.0.0.1. */
  port: number;
}

export function isWebProcessMessage(value: unknown): value is WebProcessMessage {
  return typeof value === "object" && value !== null && "type" in value && value.type === "listening";
}
