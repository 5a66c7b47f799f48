/** Processes that claim tasks. A task belongs to its node for as long as the node renews its lease. */
export interface NodeStore {
  /** Begins or renews a node's lease. */
  renew(node: { id: string; name: string; startedAt: number; expiresAt: number }): Promise<void>;
  /** The node is gone, and says so: what it held can be taken over at once. */
  leave(nodeId: string): Promise<void>;
}
