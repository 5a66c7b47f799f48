import { type Comment, type Expression, type ObjectExpression, parseSync, type Program } from "oxc-parser";

/** A comment by the path of what it documents: `Task`, `Task/state`, `TASK_EVENTS/task.started/attempt`. */
export type SchemaComments = Record<string, string>;

interface Constant {
  file: SourceFile;
  name: string;
  exported: boolean;
  start: number;
  init: Expression;
}

interface SourceFile {
  source: string;
  comments: Comment[];
  constants: Map<string, Constant>;
}

/** Methods that create an object schema from a literal, and those that derive one from another. */
const OBJECTS = new Set(["strictObject", "object", "extend"]);
const DERIVED = new Set(["pick", "omit", "extend"]);

/** Reads the doc comments of schemas and fields from the sources, so that the docs show what editors show. */
export function readSchemaComments(sources: readonly string[]): SchemaComments {
  const files = sources.map(readFile);
  const exported = new Map(
    files.flatMap((file) => [...file.constants].filter(([, constant]) => constant.exported)),
  );
  const found: SchemaComments = {};

  for (const constant of exported.values()) {
    note(constant.file, constant.start, constant.name);
    visit(constant.file, constant.init, constant.name);
  }
  return found;

  function note(file: SourceFile, start: number, path: string): void {
    const text = commentBefore(file, start);
    if (text !== undefined) found[path] = text;
  }

  function visit(file: SourceFile, expression: Expression, path: string): void {
    switch (expression.type) {
      case "TSAsExpression":
      case "TSSatisfiesExpression":
        visit(file, expression.expression, path);
        break;
      case "ObjectExpression":
        visitFields(file, expression, path);
        break;
      case "Identifier": {
        // Exports are documented under their own name.
        const local = file.constants.get(expression.name);
        if (local?.exported === false) visit(file, local.init, path);
        break;
      }
      case "CallExpression": {
        const { callee } = expression;
        if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") break;
        const method = callee.property.name;
        const base = callee.object.type === "Identifier" ? exported.get(callee.object.name) : undefined;
        if (base !== undefined && DERIVED.has(method)) visit(base.file, base.init, path);
        else visit(file, callee.object, path);
        for (const argument of expression.arguments) {
          if (argument.type === "SpreadElement") continue;
          if (argument.type !== "ObjectExpression" || OBJECTS.has(method)) visit(file, argument, path);
        }
        break;
      }
      default:
    }
  }

  function visitFields(file: SourceFile, object: ObjectExpression, path: string): void {
    for (const property of object.properties) {
      if (property.type === "SpreadElement") {
        if (property.argument.type !== "Identifier") continue;
        const { name } = property.argument;
        const fields = file.constants.get(name) ?? exported.get(name);
        if (fields?.init.type === "ObjectExpression") visitFields(fields.file, fields.init, path);
        continue;
      }
      const { key } = property;
      const name =
        key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : undefined;
      if (name === undefined) continue;
      // `FIELDS.title.optional()` is documented as `title` is, unless it has a comment of its own.
      const origin = fieldOf(file, property.value);
      if (origin !== undefined) note(file, origin.start, `${path}/${name}`);
      note(file, property.start, `${path}/${name}`);
      visit(file, property.value, `${path}/${name}`);
    }
  }
}

/** The field of another table in the same file that a value is derived from, by methods that keep what it means. */
function fieldOf(file: SourceFile, value: Expression): { start: number } | undefined {
  let base = value;
  while (base.type === "CallExpression" && base.callee.type === "MemberExpression") base = base.callee.object;
  if (base.type !== "MemberExpression" || base.object.type !== "Identifier") return undefined;
  if (base.property.type !== "Identifier") return undefined;
  const { name } = base.property;
  const table = file.constants.get(base.object.name)?.init;
  if (table?.type !== "ObjectExpression") return undefined;
  return table.properties.find(
    (field) => field.type === "Property" && field.key.type === "Identifier" && field.key.name === name,
  );
}

function readFile(source: string): SourceFile {
  const { program, comments, errors } = parseSync("schema.ts", source);
  if (errors.length > 0) throw new Error(`A schema's source cannot be parsed: ${errors[0]?.message}`);
  const file: SourceFile = { source, comments, constants: new Map() };
  for (const statement of program.body) {
    for (const constant of constantsOf(statement, file)) file.constants.set(constant.name, constant);
  }
  return file;
}

function* constantsOf(statement: Program["body"][number], file: SourceFile): Generator<Constant> {
  const isExport = statement.type === "ExportNamedDeclaration";
  const declaration = isExport ? statement.declaration : statement;
  if (declaration?.type !== "VariableDeclaration") return;
  for (const { id, init } of declaration.declarations) {
    if (id.type !== "Identifier" || init === null) continue;
    yield { file, name: id.name, exported: isExport, start: statement.start, init };
  }
}

/** @returns the doc comment that ends right before `start`, without its asterisks. */
function commentBefore({ source, comments }: SourceFile, start: number): string | undefined {
  const comment = comments.findLast(({ end }) => end <= start);
  if (comment?.type !== "Block" || !comment.value.startsWith("*")) return undefined;
  if (source.slice(comment.end, start).trim() !== "") return undefined;
  return comment.value
    .split("\n")
    .map((line) => line.replace(/^\s*\*+ ?/, "").trim())
    .join(" ")
    .trim();
}
