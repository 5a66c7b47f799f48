import type { Task } from "@trunkline/contract";
import type { StoredTask } from "../store/port.ts";

/** A task as in the contract. */
export function toTask(stored: StoredTask): Task {
  const {
    ownerId: _owner,
    budget: _budget,
    requestHash: _hash,
    crashes: _crashes,
    resumeAt: _resume,
    children: _children,
    steerSeq: _steerSeq,
    ...task
  } = stored;
  return task;
}
