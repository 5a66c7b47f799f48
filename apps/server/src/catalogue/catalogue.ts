import { readFileSync } from "node:fs";
import type { Catalogue, CatalogueModel, CatalogueProvider } from "./port.ts";

interface Snapshot {
  source: string;
  date: string;
  providers: Record<string, { hosts: string[]; models: Record<string, CatalogueModel> }>;
}

/** The catalogue that comes with this version, read when it is first asked: it takes 1 MB. `pnpm catalogue` takes a newer one. */
export function openCatalogue(): Catalogue {
  let read: Snapshot | undefined;
  const snapshot = (): Snapshot => {
    read ??= JSON.parse(readFileSync(new URL("models.json", import.meta.url), "utf8")) as Snapshot;
    return read;
  };
  const modelsOf = ({ kind, address }: CatalogueProvider): Record<string, CatalogueModel> => {
    const { providers } = snapshot();
    // Somebody's gateway for one of them has the same models.
    if (kind !== "openai-compatible") return providers[kind]?.models ?? {};
    const host = URL.parse(address)?.hostname ?? "";
    return Object.values(providers).find(({ hosts }) => hosts.includes(host))?.models ?? {};
  };
  return {
    get source() {
      return snapshot().source;
    },
    get date() {
      return snapshot().date;
    },
    find(provider, model) {
      const models = modelsOf(provider);
      const id = [model, withoutDate(model)].find((name) => Object.hasOwn(models, name));
      return id === undefined ? null : (models[id] ?? null);
    },
    idsOf: (provider) => Object.keys(modelsOf(provider)),
  };
}

/** `claude-sonnet-5-20260801`, `gpt-5.5-2026-04-23`, `…-latest`: a snapshot of the model without. */
function withoutDate(model: string): string {
  return model.replace(/-(?:20\d{2}-?\d{2}-?\d{2}|latest)$/, "");
}
