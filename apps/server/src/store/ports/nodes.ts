/**
 * Processes that claim tasks. A task belongs to its node as long as the node renews its lease, by the store's clock.
 */
export interface NodeStore {
  /** Obtains or renews a node's lease. @param leaseMs from now; null: until it leaves. */
  renew(node: { id: string; name: string; startedAt: number }, leaseMs: number | null): Promise<void>;
  /** The node is shutting down: its tasks can be taken over at once. */
  leave(nodeId: string): Promise<void>;
  /** Whether the node's lease is valid. */
  isLive(nodeId: string): Promise<boolean>;
  /** Removes nodes whose lease expired this long ago. @returns how many. */
  forgetDead(forMs: number): Promise<number>;
}
