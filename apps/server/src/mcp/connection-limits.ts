/** How long a server may take to introduce itself and to list what it offers, in ms. */
export interface ConnectionLimits {
  connectMs: number;
  listMs: number;
  /** Whether it lives at all. */
  pingMs: number;
  /** However much it says meanwhile; without the time that it waits for the user. */
  longestCallMs: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  // A package may have to be fetched first.
  connectMs: 120_000,
  listMs: 30_000,
  pingMs: 5_000,
  longestCallMs: 1_800_000,
};
