import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ModelProvider } from "@trunkline/contract";
import { type SubmitEvent, useState } from "react";
import { useTRPC } from "../api/trpc.ts";
import { reload } from "../api/reload.ts";
import { useModels } from "../models/use-models.ts";
import { Button } from "../ui/button.tsx";
import { showToast } from "../ui/toasts.ts";
import { FIELD, Labeled } from "./fields.tsx";
import { Fact, Note, Section } from "./section.tsx";

const KEYS: Readonly<Record<string, string>> = {
  own: "Your own key",
  server: "The server's key",
  none: "No key",
} satisfies Record<ModelProvider["key"], string>;

/** The configured providers, and the caller's own keys for them. */
export function ModelsSection() {
  const { data: list, isError, error } = useModels();
  if (list?.providers.length === 0) return null;
  return (
    <Section title="Models">
      {isError && <Note>Couldn't load models. {error.message}</Note>}
      {list?.providers.map((provider) => (
        <ProviderRow key={provider.name} provider={provider} />
      ))}
      {list !== undefined && list.fallbacks.length > 0 && (
        <Fact name="Fallbacks">
          <span translate="no">{list.fallbacks.join(", ")}</span>
        </Fact>
      )}
    </Section>
  );
}

function ProviderRow({ provider: { name, key, isReachable } }: { provider: ModelProvider }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [isEditing, setIsEditing] = useState(false);
  const options = {
    onSuccess: () => {
      setIsEditing(false);
      void reload(queries, trpc.model.list.queryKey());
    },
    onError: (error: { message: string }) =>
      showToast("Couldn't change the key", { detail: error.message, level: "error" as const }),
  };
  const store = useMutation(trpc.model.setKey.mutationOptions(options));
  const remove = useMutation(trpc.model.removeKey.mutationOptions(options));
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const value = new FormData(event.currentTarget).get("key");
    if (typeof value === "string" && value.trim() !== "") store.mutate({ provider: name, key: value.trim() });
  };
  return (
    <Fact name={name} isCode>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 font-sans text-sm text-text">
        <span className="grow">
          {KEYS[key] ?? key}
          {isReachable === false && <span className="text-waits"> · does not answer</span>}
        </span>
        {key === "own" && (
          <Button
            size="small"
            look="quiet"
            disabled={remove.isPending}
            onClick={() => remove.mutate({ provider: name })}
          >
            Remove
          </Button>
        )}
        {!isEditing && (
          <Button size="small" onClick={() => setIsEditing(true)}>
            {key === "own" ? "Replace key" : "Use my own key"}
          </Button>
        )}
      </div>
      {isEditing && (
        <form
          onSubmit={submit}
          aria-label={`Key for ${name}`}
          className="mt-2 flex items-end gap-2 text-text"
        >
          <div className="min-w-0 grow">
            <Labeled label="Key" hint="Stored encrypted, and never shown again. Sent to this provider alone.">
              {/* No browser is to offer it to other sites, or to keep it. */}
              <input
                name="key"
                type="password"
                autoComplete="off"
                required
                maxLength={10_000}
                className={FIELD}
              />
            </Labeled>
          </div>
          <Button size="small" type="submit" disabled={store.isPending}>
            Store
          </Button>
          <Button size="small" look="quiet" onClick={() => setIsEditing(false)}>
            Cancel
          </Button>
        </form>
      )}
    </Fact>
  );
}
