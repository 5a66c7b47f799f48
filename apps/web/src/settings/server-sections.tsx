import type { ServerInfo } from "@trunkline/contract";
import { ShieldAlert, ShieldCheck } from "lucide-react";
import { bytes } from "../text/quantity.ts";
import { Fact, Note, Section } from "./section.tsx";

/** What the server says of itself. */
export function ServerSections({ info }: { info: ServerInfo }) {
  return (
    <>
      <Section title="Model">
        <Fact name="Default">
          <Code>{info.model}</Code>
        </Fact>
        {info.demo && (
          <Note>
            No provider key is set, so a scripted demo model answers. Set one on the server, such as{" "}
            <Code>ANTHROPIC_API_KEY</Code>, <Code>OPENAI_API_KEY</Code> or <Code>OPENAI_BASE_URL</Code>, and
            start it again.
          </Note>
        )}
      </Section>
      <Sandbox sandbox={info.sandbox} />
      <Section title="Tools">
        {info.tools.map((tool) => (
          <Fact key={tool.name} name={tool.name} isCode>
            {tool.description}
          </Fact>
        ))}
      </Section>
      <Section title="Server">
        <Fact name="Version">{info.version}</Fact>
        <Fact name="Tasks at once">{info.limits.concurrency}</Fact>
        <Fact name="Longest prompt">{info.limits.maxPromptLength.toLocaleString("en")} characters</Fact>
        <Fact name="Largest request">{bytes(info.limits.maxBodyBytes)}</Fact>
      </Section>
    </>
  );
}

const MODES = {
  auto: "Where it can be had",
  required: "Required: the server does not start without it",
  off: "Switched off",
} as const;

/** Whether commands of tasks are kept from the rest of the machine; loudly where they are not. */
function Sandbox({ sandbox }: { sandbox: ServerInfo["sandbox"] }) {
  return (
    <Section title="Sandbox">
      <Fact name="Commands run">
        {sandbox.active ? (
          <span className="inline-flex items-center gap-1.5 text-done">
            <ShieldCheck aria-hidden className="size-4" strokeWidth={1.75} /> In the sandbox
          </span>
        ) : (
          <span className="inline-flex items-center gap-1.5 text-failed">
            <ShieldAlert aria-hidden className="size-4" strokeWidth={1.75} /> Without a sandbox
          </span>
        )}
      </Fact>
      <Fact name="Asked for">{MODES[sandbox.mode]}</Fact>
      {sandbox.reason !== null && <Note>{sandbox.reason}</Note>}
      {!sandbox.active && (
        <Note>
          What a task runs can read and change whatever the server's own account can. Run nothing here that
          you would not run yourself.
        </Note>
      )}
    </Section>
  );
}

function Code({ children }: { children: string }) {
  return <code className="font-mono text-code text-text">{children}</code>;
}
