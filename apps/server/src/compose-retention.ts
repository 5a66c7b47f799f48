import type { RetentionSettings } from "./config-file/port.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { Retention, type RetentionDeps } from "./services/retention/retention.ts";

/** Null without a policy: sessions stay until somebody deletes them. */
export function composeRetention(
  settings: RetentionSettings | undefined,
  { lifecycle, ...deps }: Omit<RetentionDeps, "policy"> & { lifecycle: Lifecycle },
): Retention | null {
  if (settings === undefined) return null;
  const { archivedDays = null, idleDays = null, unpublished = "keep" } = settings;
  const retention = new Retention({ ...deps, policy: { archivedDays, idleDays, unpublished } });
  lifecycle.started("retention", async () => retention.stop());
  return retention;
}
