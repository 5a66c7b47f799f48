import { pino } from "pino";
import { createActivity } from "../../activity/activity.ts";
import { noHints } from "../../hints/no-hints.ts";
import { Relay } from "../../hints/relay.ts";
import { createHub } from "../../hub/hub.ts";
import type { Store } from "../../store/port.ts";
import { createLog } from "../log.ts";
import type { Log } from "../port.ts";

/** The log of a node that has its store to itself. */
export function soloLog(store: Store, hub = createHub()): Log {
  const logger = pino({ level: "silent" });
  const announcer = new Relay({
    store,
    hub,
    hints: noHints,
    activity: createActivity(),
    onMissed: () => undefined,
    logger,
  });
  return createLog({ store, hub, announcer, redact: (event) => event });
}
