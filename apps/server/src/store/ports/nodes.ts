/** Processes that claim tasks. A task belongs to its node for as long as the node renews its lease, by the store's clock. */
export interface NodeStore {
  /** Begins or renews a node's lease. @param leaseMs from now on; null: until it leaves. */
  renew(node: { id: string; name: string; startedAt: number }, leaseMs: number | null): Promise<void>;
  /** The node is gone, and says so: what it held can be taken over at once. */
  leave(nodeId: string): Promise<void>;
  /** Whether the node's lease holds. */
  isLive(nodeId: string): Promise<boolean>;
  /** Forgets nodes whose lease has been over for so long. @returns how many. */
  forgetDead(forMs: number): Promise<number>;
}
