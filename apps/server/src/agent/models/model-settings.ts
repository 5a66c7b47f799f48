import type { Catalogue, CatalogueModel } from "../../catalogue/port.ts";
import type { ModelSetting } from "../../config-file/sections/models.ts";
import type { ConfiguredProvider } from "./provider-table.ts";

/** What the operator and the catalogue say of a model. */
export type KnownModel = Partial<CatalogueModel> &
  Pick<ModelSetting, "effort"> & {
    /** The operator's limit of an answer; the catalogue's is what the model could give. */
    askedOutputTokens?: number | undefined;
  };

/** The operator's word on models, field by field before the catalogue's. */
export class ModelSettings {
  readonly #settings: Readonly<Record<string, ModelSetting>>;
  readonly #catalogue: Catalogue;

  /** @param settings by `provider:model` or `provider:*` */
  constructor(settings: Readonly<Record<string, ModelSetting>> = {}, catalogue: Catalogue) {
    this.#settings = settings;
    this.#catalogue = catalogue;
  }

  find(provider: ConfiguredProvider, model: string): KnownModel {
    const setting = { ...this.#setting(`${provider.name}:*`), ...this.#setting(`${provider.name}:${model}`) };
    const found = this.#catalogue.find(catalogueKey(provider), model);
    return { ...found, ...setting, askedOutputTokens: setting.maxOutputTokens };
  }

  /** Ids of a provider's models that the operator names. */
  namedOf({ name }: ConfiguredProvider): string[] {
    return Object.keys(this.#settings).flatMap((key) => {
      const model = key.slice(name.length + 1);
      return key.startsWith(`${name}:`) && model !== "*" ? [model] : [];
    });
  }

  /** Ids of a provider's models in the catalogue. */
  idsOf(provider: ConfiguredProvider): string[] {
    return this.#catalogue.idsOf(catalogueKey(provider));
  }

  #setting(key: string): ModelSetting {
    return Object.hasOwn(this.#settings, key) ? (this.#settings[key] ?? {}) : {};
  }
}

/** Whose models and prices the catalogues are asked for. */
export function catalogueKey({ kind, address }: ConfiguredProvider) {
  return { kind, address: address.base };
}
