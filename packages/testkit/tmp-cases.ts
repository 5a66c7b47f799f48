import { readFileSync, existsSync, readdirSync } from "node:fs";
import { spawn } from "node:child_process";
import { followTask } from "@trunkline/client";
import { ServerFixture, readLog } from "./src/index.ts";
const DIR = "/work/shared/cases";
const only = process.argv.slice(2);
const ids = [...new Set(readdirSync(DIR).filter((f) => /\.(js|sse|http)$/.test(f)).map((f) => f.replace(/\.\w+$/, "")))];
let port = 19100 + Math.floor(Math.random() * 500);
function expr(id: string): string {
  const f = (e: string) => `${DIR}/${id}.${e}`;
  if (existsSync(f("js"))) return readFileSync(f("js"), "utf8");
  if (existsSync(f("sse"))) {
    const b = JSON.stringify(readFileSync(f("sse"), "utf8"));
    return /^A(20|8|4a)/.test(id) ? `[${b}]` : `Array(8).fill(${b})`;
  }
  const raw = readFileSync(f("http"), "utf8").replaceAll("\r\n", "\n");
  const cut = raw.indexOf("\n\n");
  const [start, ...heads] = raw.slice(0, cut).split("\n");
  const status = Number(start!.split(" ")[1]);
  const headers = Object.fromEntries(heads.map((h) => [h.slice(0, h.indexOf(":")).toLowerCase(), h.slice(h.indexOf(":") + 1).trim()]).filter(([k]) => k !== "content-length" && k !== "transfer-encoding"));
  return `Array(8).fill(${JSON.stringify({ status, headers, body: raw.slice(cut + 2) })})`;
}
for (const id of ids) {
  if (only.length > 0 && !only.includes(id)) continue;
  if (only.length === 0 && /^A3/.test(id)) continue;
  const p = ++port, log = `/tmp/faults-${id}.jsonl`;
  try { (await import("node:fs")).unlinkSync(log); } catch {}
  const child = spawn(process.execPath, [`${DIR}/raw-provider.mjs`, expr(id), "--port", String(p), "--log", log], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((r) => child.stdout.once("data", r));
  const server = await ServerFixture.start({ env: { OPENAI_BASE_URL: `http://127.0.0.1:${p}/v1`, TRUNKLINE_MODEL: "openai-compatible:m", TRUNKLINE_APPROVALS: "never", OPENAI_API_KEY: "k" } });
  try {
    let sessionId: string | undefined;
    const prompts = { A1: ["go", "again"], A10: ["go", "just say hi"], A7: ["go", "second"], A18a: ["go", "second"], "A8-lone": ["go", "again"], A20a: ["go", "again"], A20c: ["go", "again"], A20f: ["go", "again"], "A17-cjk": ["go", "next"], "A17-dot": ["go", "next"], "A17-harmony": ["go", "next"] }[id] ?? ["go"];
    for (const [i, prompt] of prompts.entries()) {
      const model = id === "A18a" && i === 1 ? "openai-compatible:other" : undefined;
      const task = await server.client.task.submit.mutate({ prompt, sessionId, model });
      sessionId = task.sessionId;
      const started = Date.now();
      for await (const e of followTask(server.client, task)) {
        if (e.type === "task.completed") console.log(id, i, "completed", JSON.stringify(e.data.result).slice(0, 160));
        if (e.type === "task.failed") console.log(id, i, "FAILED", JSON.stringify(e.data).slice(0, 420));
        if (e.type === "notice") console.log(id, i, "  notice", JSON.stringify(e.data).slice(0, 200));
        if (e.type === "tool.ended") console.log(id, i, "  tool", e.data.status, JSON.stringify(e.data.output).slice(0, 130));
        if (e.type === "reasoning.ended") console.log(id, i, "  reasoning", JSON.stringify(e.data.text).slice(0, 80));
      }
      console.log(id, i, `  (${Date.now() - started} ms)`);
    }
    const reqs = readFileSync(log, "utf8").trim().split("\n");
    const whole = JSON.stringify(await readLog(server.client, sessionId!));
    console.log(id, "  requests", reqs.length, /\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])/i.test(whole + reqs.join("")) ? "LONE SURROGATE" : "", "\n   last request tail:", JSON.stringify((JSON.parse(JSON.parse(reqs.at(-1)!).raw).messages).slice(1)).slice(-420));
  } catch (e) { console.log(id, "ERROR", String(e).slice(0, 300)); }
  await server[Symbol.asyncDispose]();
  child.kill();
}
