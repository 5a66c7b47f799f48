import type { PushService } from "@trunkline/contract";
import type { Logger } from "pino";
import type { Audit } from "../audit/port.ts";
import type { Settings } from "../config/config.ts";
import type { ConfigFile } from "../config-file/port.ts";
import type { Lifecycle } from "../lifecycle.ts";
import { publicAddressesOnly } from "../network/address-policy.ts";
import { connectBy } from "../network/connect.ts";
import { publicWeb } from "../network/public-web.ts";
import { resolveName } from "../network/resolve-name.ts";
import type { OutboxConsumer } from "../outbox/port.ts";
import type { Push, PushVault } from "../push/port.ts";
import { PushDestinations } from "../push/push-destinations.ts";
import { ServerKeys } from "../push/push-keys.ts";
import { noPushNews, pushNews } from "../push/push-news.ts";
import { PushSender } from "../push/push-sender.ts";
import { createPush } from "../push/push.ts";
import { createSendPush } from "../push/send-push.ts";
import { createPushService } from "../services/pushes.ts";
import type { Store } from "../store/port.ts";

/** Push notifications to browsers, unless the operator has turned them off. */
export function composePush(options: {
  config: Settings;
  configFile: ConfigFile;
  store: Store;
  vault: PushVault;
  audit: Audit;
  lifecycle: Lifecycle;
  logger: Logger;
  now: () => number;
}): { pushes: PushService; news: OutboxConsumer } {
  const { config, configFile, store, vault, audit, lifecycle, logger, now } = options;
  const { enabled = true, contact = contactOf(config), privateHosts = [] } = configFile.sections.push ?? {};
  const service = (push: Push | null) => createPushService({ store, push, audit, now });
  if (!enabled) return { pushes: service(null), news: noPushNews };
  const destinations = new PushDestinations({
    privateHosts,
    publicWeb,
    anywhere: connectBy({ resolve: resolveName, policy: () => null }),
    policy: publicAddressesOnly,
  });
  const keys = new ServerKeys({ store: store.pushes, vault, now });
  const send = createSendPush({ connect: destinations.connect, keys: async () => keys.get(), contact, now });
  const sender = new PushSender({ store, vault, send, logger, now });
  sender.start();
  lifecycle.started("push notifications", async () => sender.stop());
  return {
    pushes: service(createPush({ destinations, keys, vault, send })),
    news: pushNews({ store, noted: () => sender.wake() }),
  };
}

/** Whom push services can turn to. Apple's takes none without an address that looks real. */
function contactOf({ allowedOrigins, allowedHosts }: Settings): string {
  const origin = allowedOrigins.find((text) => text.startsWith("https://"));
  if (origin !== undefined) return origin;
  const [host] = allowedHosts.filter((name) => name.includes("."));
  return host === undefined ? "mailto:nobody@example.com" : `https://${host}`;
}
