/** How much a model thinks, from not at all to as much as it can; each model has some of these. */
export const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

export type Effort = (typeof EFFORTS)[number];
