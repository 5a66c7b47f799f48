/** What a node has used since it last told, and has open. */
export interface LimitUse {
  /** What was taken of each bucket, as the time that it takes to fill up again, in ms. */
  taken: ReadonlyMap<string, number>;
  /** Streams that each user has open on this node. */
  streams: ReadonlyMap<string, number>;
}

export interface SharedUse {
  /** For each bucket that the node took from: in how many ms it is full again, what all nodes took counted. */
  fullInMs: ReadonlyMap<string, number>;
  /** Streams that each user has open on other nodes. */
  streamsElsewhere: ReadonlyMap<string, number>;
}

/** How the nodes of a store hold their users to one limit, and not to one per node. Times are by the store's clock. */
export interface SharedLimits {
  /** Adds what this node used, and tells what all have. A node that stays silent for some seconds has no streams open. */
  exchange(nodeId: string, use: LimitUse): Promise<SharedUse>;
  /** Forgets a node's streams, and buckets that are full. */
  leave(nodeId: string): Promise<void>;
}
