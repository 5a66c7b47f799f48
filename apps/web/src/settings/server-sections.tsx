import type { ServerInfo } from "@trunkline/contract";
import { ShieldAlert, ShieldCheck } from "lucide-react";
import { bytes, grouped } from "../text/quantity.ts";
import { Fact, Note, Section } from "./section.tsx";

/** What the server reports about itself. */
export function ServerSections({ info }: { info: ServerInfo }) {
  return (
    <>
      <Section title="Model">
        <Fact name="Default">
          <Code>{info.model}</Code>
        </Fact>
        {info.demo && (
          <Note>
            No API key is set, so a scripted demo model answers. Set one on the server, such as{" "}
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
        <Fact name="Concurrent tasks">{info.limits.concurrency}</Fact>
        <Fact name="Max prompt length">{grouped(info.limits.maxPromptLength)} characters</Fact>
        <Fact name="Max request size">{bytes(info.limits.maxBodyBytes)}</Fact>
        {info.disk !== undefined && <DiskBudget {...info.disk} />}
      </Section>
    </>
  );
}

function DiskBudget({ usedBytes, budgetBytes }: NonNullable<ServerInfo["disk"]>) {
  const share = (usedBytes ?? 0) / budgetBytes;
  return (
    <>
      <Fact name="Disk budget">
        {usedBytes === null ? (
          `${bytes(budgetBytes)}, not measured yet`
        ) : (
          <span className={share >= 1 ? "text-failed" : share >= 0.8 ? "text-waits" : ""}>
            {bytes(usedBytes)} of {bytes(budgetBytes)} (
            {share < 0.01 ? "less than 1" : Math.round(share * 100)}%)
          </span>
        )}
      </Fact>
      {share >= 1 && (
        <Note>The server takes no new tasks until there is room: delete sessions, or raise the budget.</Note>
      )}
    </>
  );
}

const MODES = {
  auto: "auto",
  required: "required (the server won't start without it)",
  off: "off",
} as const;

/** Whether commands are sandboxed, with a warning if not. */
function Sandbox({ sandbox }: { sandbox: ServerInfo["sandbox"] }) {
  return (
    <Section title="Sandbox">
      <Fact name="Commands">
        {sandbox.active ? (
          <span className="inline-flex items-center gap-1.5 text-done">
            <ShieldCheck aria-hidden className="size-4" strokeWidth={1.75} /> Sandboxed
          </span>
        ) : (
          <span className="inline-flex items-center gap-1.5 text-failed">
            <ShieldAlert aria-hidden className="size-4" strokeWidth={1.75} /> Not sandboxed
          </span>
        )}
      </Fact>
      <Fact name="Sandbox mode">{MODES[sandbox.mode]}</Fact>
      {sandbox.reason !== null && <Note>{sandbox.reason}</Note>}
      {!sandbox.active && (
        <Note>
          Tasks can read and change everything the server's account can. Run nothing here that you wouldn't
          run yourself.
        </Note>
      )}
    </Section>
  );
}

function Code({ children }: { children: string }) {
  return <code className="font-mono text-code text-text">{children}</code>;
}
