import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { fromText } from "./query-value.ts";
import type { HttpContext } from "./http-env.ts";
import { readJsonText } from "./request-body.ts";

type InputSchema = z.ZodObject<Record<string, z.ZodType>>;

/**
 * Assembles a procedure's input from path, query and JSON body. Validation is left to the procedure's schema; here text
 * is only converted to the field's type where possible.
 *
 * @param schema null if the procedure takes no input
 * @throws TRPCError as the procedure itself would
 */
export async function readRestInput(c: HttpContext, schema: InputSchema | null): Promise<unknown> {
  const fields = new Map<string, unknown>();
  const add = (name: string, value: unknown): void => {
    if (fields.has(name)) throw invalid([name], "Give it once: in the path, in the query or in the body");
    fields.set(name, value);
  };
  for (const [name, text] of Object.entries(c.req.param())) add(name, text);
  const queries = c.req.queries();
  // The resume cursor from EventSource; the URL still has the original one.
  const lastEventId = c.req.header("last-event-id");
  if (lastEventId !== undefined && schema?.shape["lastEventId"] !== undefined)
    queries["lastEventId"] = [lastEventId];
  for (const [name, texts] of Object.entries(queries)) {
    const field = schema?.shape[name];
    if (field === undefined) add(name, texts[0]);
    else add(name, fromText(field, texts) ?? refuseRepetition(name));
  }
  for (const [name, value] of Object.entries(await readBody(c))) add(name, value);

  const [unknown] = fields.keys();
  if (schema === null && unknown !== undefined) throw invalid([], `Unrecognized key: "${unknown}"`);
  return schema === null ? undefined : Object.fromEntries(fields);
}

async function readBody(c: HttpContext): Promise<object> {
  const text = c.req.method === "GET" ? "" : await readJsonText(c);
  if (text === "") return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new TRPCError({ code: "PARSE_ERROR", message: "The body is not JSON", cause });
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw invalid([], "The body must be a JSON object");
  }
  return body;
}

function refuseRepetition(name: string): never {
  throw invalid([name], "Give it once");
}

function invalid(path: string[], message: string): TRPCError {
  // An Error, like `parse` throws.
  const cause = new z.ZodRealError([{ code: "custom", path, message, input: undefined }]);
  return new TRPCError({ code: "BAD_REQUEST", cause });
}
