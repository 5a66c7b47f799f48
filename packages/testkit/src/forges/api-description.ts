import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";

/** The parts of an OpenAPI 3.0 document that are used here. */
export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components?: Record<string, Record<string, unknown>>;
}

interface Operation {
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { required?: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, unknown>;
}

interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  schema: { type?: string };
}

export interface ApiRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

/** An operation and the values of its path's parameters, decoded. */
export interface MatchedOperation {
  /** E.g. `get /repos/{owner}/{repo}/pulls`. */
  name: string;
  values: Record<string, string>;
}

/** Checks requests and answers against the description of a public API. Unknown parameters and properties are wrong. */
export class ApiDescription {
  readonly #document: ApiDocument;
  readonly #ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(document: ApiDocument) {
    this.#document = document;
    // In OpenAPI 3.0 null is allowed beside the enum's values; in JSON Schema it has to be one of them.
    const schemas = structuredClone(document);
    allowNull(schemas);
    this.#ajv.addSchema(schemas, "api");
  }

  static read(file: URL): ApiDescription {
    return new ApiDescription(JSON.parse(readFileSync(file, "utf8")) as ApiDocument);
  }

  match(method: string, path: string): MatchedOperation | null {
    for (const [template, operations] of Object.entries(this.#document.paths)) {
      if (operations[method.toLowerCase()] === undefined) continue;
      const pattern = template.replace(/[.+*?^$()|[\]\\]/g, "\\$&").replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
      const groups = new RegExp(`^${pattern}$`).exec(path);
      if (groups === null) continue;
      const values: Record<string, string> = {};
      for (const [name, value] of Object.entries(groups.groups ?? {}))
        values[name] = decodeURIComponent(value);
      return { name: `${method.toLowerCase()} ${template}`, values };
    }
    return null;
  }

  /** @returns what is wrong with a request, in words; empty: nothing. */
  problems({ method, path, query, body }: ApiRequest): string[] {
    const operation = this.match(method, path);
    if (operation === null) return [`${method} ${path} is not described`];
    const { parameters, pointer, requestBody } = this.#operation(operation.name);
    const found: string[] = [];
    const known = parameters.filter((parameter) => parameter.in === "query");
    for (const [name, text] of query) {
      const parameter = known.find((candidate) => candidate.name === name);
      if (parameter === undefined) found.push(`there is no query parameter '${name}'`);
      else found.push(...this.#check(`query '${name}'`, parameter.schema, parsedAs(parameter.schema, text)));
    }
    for (const { name, required } of known) {
      if (required === true && !query.has(name)) found.push(`the query parameter '${name}' is missing`);
    }
    if (requestBody === undefined) {
      if (body !== undefined) found.push("a body where none is expected");
    } else if (body === undefined) found.push("the body is missing");
    else {
      found.push(...this.#checkAt("body", `${pointer}/requestBody/content/application~1json/schema`, body));
      const schema = requestBody.content["application/json"]?.schema as {
        properties?: Record<string, unknown>;
      };
      for (const name of Object.keys(body as object)) {
        if (schema.properties?.[name] === undefined) found.push(`the body has no property '${name}'`);
      }
    }
    return found.map((problem) => `${operation.name}: ${problem}`);
  }

  /** @returns what is wrong with an answer; empty: nothing. */
  answerProblems({ name }: MatchedOperation, status: number, body: unknown): string[] {
    const { pointer } = this.#operation(name);
    const at = `${pointer}/responses/${status}/content/application~1json/schema`;
    return this.#checkAt(`answer ${status} to ${name}`, at, body);
  }

  /** An answer's smallest value that has all that is required, for a stand-in to fill in. */
  sample(name: string, status: number): unknown {
    const { operation } = this.#operation(name);
    const response = operation.responses[status] as { content: Record<string, { schema: object }> };
    return this.#sampleOf(response.content["application/json"]!.schema);
  }

  /** The same of a named schema. */
  sampleOf(schema: string): Record<string, unknown> {
    return this.#sampleOf({ $ref: `#/components/schemas/${schema}` }) as Record<string, unknown>;
  }

  #operation(name: string) {
    const [method = "", template = ""] = name.split(" ");
    const operation = this.#document.paths[template]![method]!;
    const pointer = `/paths/${encodeURIComponent(template.replaceAll("~", "~0").replaceAll("/", "~1"))}/${method}`;
    const parameters = (operation.parameters ?? []).map((parameter) =>
      "$ref" in parameter ? (this.#resolve(parameter.$ref) as Parameter) : parameter,
    );
    return { operation, parameters, pointer, requestBody: operation.requestBody };
  }

  #check(what: string, schema: object, value: unknown): string[] {
    const validate = this.#ajv.compile(schema);
    return validate(value) ? [] : [`${what}: ${this.#ajv.errorsText(validate.errors)}`];
  }

  #checkAt(what: string, pointer: string, value: unknown): string[] {
    const validate = this.#validators.get(pointer) ?? this.#ajv.compile({ $ref: `api#${pointer}` });
    this.#validators.set(pointer, validate);
    return validate(value) ? [] : [`${what}: ${this.#ajv.errorsText(validate.errors)}`];
  }

  #resolve(ref: string): unknown {
    return ref
      .slice(2)
      .split("/")
      .reduce<unknown>(
        (node, key) => (node as Record<string, unknown>)[key.replaceAll("~1", "/").replaceAll("~0", "~")],
        this.#document,
      );
  }

  #sampleOf(given: object): unknown {
    const schema = given as Schema;
    if (schema.$ref !== undefined) return this.#sampleOf(this.#resolve(schema.$ref) as Schema);
    if (schema.nullable === true) return null;
    const choice = schema.oneOf?.[0] ?? schema.anyOf?.[0];
    if (choice !== undefined) return this.#sampleOf(choice);
    if (schema.allOf !== undefined) {
      return Object.assign({}, ...schema.allOf.map((part) => this.#sampleOf(part))) as unknown;
    }
    if (schema.enum !== undefined) return schema.enum[0];
    switch (schema.type) {
      case "object":
      case undefined:
        return Object.fromEntries(
          (schema.required ?? []).map((name) => [name, this.#sampleOf(schema.properties?.[name] ?? {})]),
        );
      case "array":
        return [];
      case "string":
        return schema.format === "date-time" ? "2026-01-02T03:04:05Z" : "x";
      case "boolean":
        return false;
      default:
        return 1;
    }
  }
}

interface Schema {
  $ref?: string;
  nullable?: boolean;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  type?: string;
  format?: string;
  required?: string[];
  properties?: Record<string, Schema>;
}

function allowNull(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  const { enum: values, nullable } = node as Schema;
  if (nullable === true && Array.isArray(values) && !values.includes(null)) values.push(null);
  for (const child of Object.values(node)) allowNull(child);
}

function parsedAs(schema: { type?: string }, text: string): unknown {
  if (schema.type === "integer" || schema.type === "number") return Number(text);
  if (schema.type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return text;
}
