/** @returns when a task was submitted, ms since the epoch: the first 48 bits of its UUIDv7 (RFC 9562). */
export function submittedAt(taskId: string): number {
  return Number.parseInt(taskId.slice(0, 8) + taskId.slice(9, 13), 16);
}
