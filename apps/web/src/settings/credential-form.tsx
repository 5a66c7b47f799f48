import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Project, SetCredentialInput } from "@trunkline/contract";
import { type SubmitEvent, useState } from "react";
import { useTRPC } from "../api/trpc.ts";
import { reload } from "../api/reload.ts";
import { PROJECTS_KEY } from "../projects/use-projects.ts";
import { Button } from "../ui/button.tsx";
import { showToast } from "../ui/toasts.ts";
import { FIELD, Fields, Labeled } from "./fields.tsx";

/** A credential for the project's git server. It goes to the server and is never shown again. */
export function CredentialForm({ project, close }: { project: Project; close: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const isSsh = project.source.kind === "git" && !/^https?:/i.test(project.source.url);
  const [username, setUsername] = useState("");
  const [secret, setSecret] = useState("");
  const [knownHosts, setKnownHosts] = useState("");
  const done = (words: string): void => {
    showToast(words);
    void reload(queries, PROJECTS_KEY);
    close();
  };
  const store = useMutation(
    trpc.project.setCredential.mutationOptions({ onSuccess: () => done("Credential stored") }),
  );
  const remove = useMutation(
    trpc.project.removeCredential.mutationOptions({ onSuccess: () => done("Credential removed") }),
  );
  const credential = (): SetCredentialInput["credential"] =>
    isSsh
      ? { kind: "ssh-key", privateKey: secret.endsWith("\n") ? secret : `${secret}\n`, knownHosts }
      : {
          kind: "token",
          secret: secret.trim(),
          ...(username.trim() !== "" && { username: username.trim() }),
        };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    store.mutate({ projectId: project.id, credential: credential() });
  };
  const error = store.error ?? remove.error;
  return (
    <form
      aria-label={`Credential of ${project.name}`}
      onSubmit={submit}
      className="mt-2 flex flex-col gap-2 rounded-lg border border-line bg-surface p-3"
    >
      <Fields isSaving={store.isPending || remove.isPending}>
        {isSsh ? (
          <>
            <Labeled label="Private key" hint="In OpenSSH's format, without a passphrase.">
              <textarea
                required
                rows={4}
                value={secret}
                autoComplete="off"
                spellCheck={false}
                placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
                onChange={(event) => setSecret(event.target.value)}
                className={`${FIELD} h-auto py-1.5 font-mono text-code`}
              />
            </Labeled>
            <Labeled
              label="Known hosts"
              hint="Output of ssh-keyscan HOST. Check it: other host keys are refused."
            >
              <textarea
                required
                rows={2}
                value={knownHosts}
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => setKnownHosts(event.target.value)}
                className={`${FIELD} h-auto py-1.5 font-mono text-code`}
              />
            </Labeled>
          </>
        ) : (
          <>
            <Labeled label="Token or password">
              <input
                required
                type="password"
                value={secret}
                autoComplete="off"
                onChange={(event) => setSecret(event.target.value)}
                className={`${FIELD} font-mono`}
              />
            </Labeled>
            <Labeled label="User name" hint="Optional: GitHub, GitLab and Gitea take the token alone.">
              <input
                value={username}
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => setUsername(event.target.value)}
                className={FIELD}
              />
            </Labeled>
          </>
        )}
      </Fields>
      <p className="text-xs text-muted">Stored encrypted on the server. You won't see it again.</p>
      {error !== null && (
        <p role="alert" className="text-sm text-failed">
          {error.message}
        </p>
      )}
      <div className="flex gap-2">
        <Button type="submit" look="primary" disabled={store.isPending || secret.trim() === ""}>
          Store credential
        </Button>
        {project.credential !== null && (
          <Button
            look="danger"
            disabled={remove.isPending}
            onClick={() => remove.mutate({ projectId: project.id })}
          >
            Remove stored credential
          </Button>
        )}
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
