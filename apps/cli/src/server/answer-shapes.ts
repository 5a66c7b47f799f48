import type { ProcedurePath } from "@trunkline/contract/rest";

/** What must be there of an answer, by the name of its type; more may be there, and differ from version to version. */
export type Shape = "string" | "number" | "boolean" | readonly [Shape] | { readonly [field: string]: Shape };

/** @returns whether a value has at least this shape. */
export function fits(value: unknown, shape: Shape): boolean {
  if (typeof shape === "string") return typeof value === shape;
  if (Array.isArray(shape)) {
    const [item] = shape as readonly [Shape];
    return Array.isArray(value) && value.every((each) => fits(each, item));
  }
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(shape).every(([field, each]) => fits(Reflect.get(value, field), each));
}

const NAMED = { id: "string", name: "string" } as const;
const TASK = { id: "string", sessionId: "string", state: "string", prompt: "string" } as const;
const SUBMITTED = { taskId: "string", sessionId: "string", task: TASK } as const;
const SESSION = { id: "string", title: "string", status: "string", lastSeq: "number" } as const;
const REQUEST = { id: "string", sessionId: "string", state: "string" } as const;
const RULE = { id: "string", effect: "string", level: "string" } as const;
const SHARE = { id: "string", sessionId: "string" } as const;
const DEVICE = { id: "string", device: "string" } as const;
const MCP_SERVER = { ...NAMED, state: "string" } as const;
const NETWORK = { mode: "string", hosts: ["string"], allowed: ["string"] } as const;
const PROVIDER = { name: "string", key: "string" } as const;
const BUDGET = { scope: "string", spent: {}, operator: {} } as const;

type AnsweredPath = Exclude<ProcedurePath, "session.subscribe" | "activity.subscribe">;

/** What commands rely on, of the answer to each call. Only what every version has. */
export const ANSWER_SHAPES = {
  "task.submit": SUBMITTED,
  "task.get": TASK,
  "task.list": { items: [TASK] },
  "task.cancel": TASK,
  "task.retry": TASK,
  "task.resume": TASK,
  "task.edit": TASK,
  "task.steer": TASK,
  "task.move": TASK,

  "session.create": SESSION,
  "session.get": { session: SESSION, tasks: [TASK], lastSeq: "number" },
  "session.list": { items: [SESSION] },
  "session.events": { events: [{ seq: "number", type: "string" }], hasMore: "boolean" },
  "session.update": SESSION,
  "session.fork": SESSION,
  "session.retrySetup": TASK,
  "session.delete": SESSION,
  "session.checkpoints": { items: [{ seq: "number", commit: "string" }] },
  "session.changes": { files: [{ path: "string", status: "string" }], truncated: "boolean" },
  "session.diff": { diff: "string" },
  "session.revert": SESSION,
  "session.export": { format: "string", events: [{}] },
  "session.import": { session: SESSION, created: "boolean" },
  "session.network": NETWORK,
  "session.allowHost": NETWORK,
  "session.publish": { kind: "string", branch: "string", commit: "string" },
  "session.publication": { checks: [{}], comments: [{}] },
  "session.archiveWork": { branch: "string", commit: "string" },
  "session.restoreWork": SESSION,
  "session.bringBack": SUBMITTED,

  "approval.list": { items: [{ ...REQUEST, tool: "string" }] },
  "approval.answer": REQUEST,
  "question.list": { items: [{ ...REQUEST, text: "string" }] },
  "question.answer": REQUEST,
  "rule.list": { items: [RULE] },
  "rule.create": RULE,
  "rule.delete": RULE,
  "share.create": { share: SHARE, secret: "string" },
  "share.list": { items: [SHARE] },
  "share.revoke": SHARE,
  "push.subscribe": DEVICE,
  "push.list": { items: [DEVICE] },
  "push.unsubscribe": DEVICE,
  "push.test": DEVICE,

  "project.create": NAMED,
  "project.get": NAMED,
  "project.list": { items: [NAMED] },
  "project.update": NAMED,
  "project.delete": NAMED,
  "project.setCredential": NAMED,
  "project.removeCredential": NAMED,
  "mcp.list": { items: [MCP_SERVER] },
  "mcp.get": MCP_SERVER,
  "mcp.restart": MCP_SERVER,
  "mcp.authorize": { url: "string" },
  "mcp.finishAuthorization": MCP_SERVER,
  "mcp.prompt": { text: "string" },
  "mcp.add": MCP_SERVER,
  "mcp.update": MCP_SERVER,
  "mcp.remove": MCP_SERVER,
  "workspace.list": { items: [{ name: "string", kind: "string" }] },
  "workspace.read": { text: "string" },
  "usage.query": { items: [{}], total: {} },
  "budget.get": BUDGET,
  "budget.set": BUDGET,
  "agent.list": { agents: [{ name: "string" }] },
  "model.list": { models: [{ name: "string" }], providers: [PROVIDER] },
  "model.setKey": PROVIDER,
  "model.removeKey": PROVIDER,
  "search.query": { items: [{ sessionId: "string", seq: "number", snippet: "string" }] },
  "server.info": { name: "string", version: "string" },
  "server.drain": { node: "string", draining: "boolean" },
  "server.retention": { items: [{ sessionId: "string" }] },

  "user.me": { userId: "string", name: "string", scopes: ["string"] },
  "user.list": { items: [NAMED] },
  "user.create": NAMED,
  "user.invite": { userId: "string", code: "string" },
  "user.remove": NAMED,
  "token.create": { token: NAMED, secret: "string" },
  "token.list": { items: [NAMED] },
  "token.revoke": NAMED,
  "audit.list": { items: [{ id: "string", action: "string" }] },
} as const satisfies Readonly<Record<AnsweredPath, Shape>>;
