import type { RetentionSettings } from "../config-file/port.ts";
import type { Lifecycle } from "../lifecycle.ts";
import { usedBytes } from "../ops/used-bytes.ts";
import { Retention, type RetentionDeps } from "../services/retention/retention.ts";

/** Null without a policy: sessions stay until somebody deletes them. */
export function composeRetention(
  settings: RetentionSettings | undefined,
  { lifecycle, ...deps }: Omit<RetentionDeps, "policy" | "usedBytes"> & { lifecycle: Lifecycle },
): Retention | null {
  if (settings === undefined) return null;
  const { archivedDays = null, idleDays = null, maxBytes = null, unpublished = "keep" } = settings;
  const policy = { archivedDays, idleDays, maxBytes, unpublished };
  const retention = new Retention({ ...deps, policy, usedBytes });
  lifecycle.started("retention", async () => retention.stop());
  return retention;
}
