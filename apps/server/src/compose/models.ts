import type { Logger } from "pino";
import { createKeyRing } from "../agent/models/key-ring.ts";
import { createModelRegistry } from "../agent/models/registry.ts";
import { openCatalogue } from "../catalogue/catalogue.ts";
import type { Config } from "../config/config.ts";
import type { ConfigFile } from "../config-file/port.ts";
import type { Lifecycle } from "../lifecycle.ts";
import { CredentialVault } from "../projects/credential-vault.ts";
import type { Store } from "../store/port.ts";
import { createPrices } from "../usage/prices.ts";

/** The providers of models, with what is known of their models, and users' own keys. */
export async function composeModels(options: {
  config: Config;
  file: ConfigFile;
  store: Pick<Store, "providerKeys">;
  now: () => number;
  lifecycle: Lifecycle;
  logger: Logger;
}) {
  const { config, file, store, now, lifecycle, logger } = options;
  const prices = createPrices(file.sections.prices);
  const keyFile = config.projects.credentialsKeyFile;
  const keyRing = createKeyRing(
    store.providerKeys,
    new CredentialVault({ sharedDir: config.sharedDir, keyFile }),
  );
  const models = await createModelRegistry(config.models, {
    file,
    catalogue: openCatalogue(),
    prices,
    keys: keyRing,
    now,
    warn: (message) => logger.warn(message),
    info: (message) => logger.info(message),
  });
  lifecycle.started("models", async () => models.stop());
  return { models, keyRing, prices };
}
