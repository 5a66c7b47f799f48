/**
 * Glob patterns that are matched in linear time, whatever the pattern and the path: `*` and `?` within a name, `**` for
 * any number of directories, `[a-z]`, `[!a-z]`, `{one,other}`, and `\` before a character that stands for itself.
 * Patterns come from models and paths from strangers, so nothing here may backtrack: a pattern becomes a set of nodes,
 * and a path moves through all of them at once. Wildcards leave out names that begin with a dot, as in a shell.
 */
type Test =
  | { type: "literal"; code: number }
  /** One character of a name. */
  | { type: "name"; isIn: (code: number) => boolean }
  /** The first character of a directory's name, where that is not a dot. */
  | { type: "first" }
  /** What follows in that name. */
  | { type: "rest" };

interface Node {
  /** What consumes a character; absent: the node only leads on. */
  test?: Test;
  /** Steps that the test takes; default 1. */
  cost?: number;
  /** Nodes after it, or after its character. */
  next: number[];
  isEnd?: true;
}

/** Where a path has got to. To be thought of as a value: it is never changed. */
export interface GlobState {
  readonly nodes: readonly number[];
  /** Whether the next character begins a name. */
  readonly isAtStart: boolean;
}

const SLASH = 47;
const DOT = 46;

export class Glob {
  readonly #nodes: readonly Node[];
  readonly #seen: Uint32Array;
  #round = 0;
  /** Steps taken so far: what the caller bounds. */
  steps = 0;

  constructor(pattern: string) {
    this.#nodes = new Compiler(pattern).compile();
    this.#seen = new Uint32Array(this.#nodes.length);
  }

  /** Before the first character of a path. */
  start(): GlobState {
    return { nodes: this.#close([0]), isAtStart: true };
  }

  /** After these characters as well: a directory's state serves for all that is in it. */
  advance(state: GlobState, text: string): GlobState {
    let { nodes, isAtStart } = state;
    for (let at = 0; at < text.length && nodes.length > 0; at++) {
      const code = text.codePointAt(at)!;
      if (code > 0xffff) at++;
      const reached: number[] = [];
      for (const index of nodes) {
        const { test, next, cost = 1 } = this.#nodes[index]!;
        this.steps += cost;
        if (test !== undefined && passes(test, code, isAtStart)) reached.push(...next);
      }
      nodes = this.#close(reached);
      isAtStart = code === SLASH;
    }
    return { nodes, isAtStart };
  }

  matches({ nodes }: GlobState): boolean {
    return nodes.some((index) => this.#nodes[index]!.isEnd === true);
  }

  /** Nothing that goes on from here can match. */
  isDead({ nodes }: GlobState): boolean {
    return nodes.every((index) => this.#nodes[index]!.isEnd === true);
  }

  /** These nodes and all that they lead to without a character, each once. */
  #close(indexes: number[]): number[] {
    const round = ++this.#round;
    const closed: number[] = [];
    const open = indexes;
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (this.#seen[index] === round) continue;
      this.#seen[index] = round;
      const { test, next, isEnd } = this.#nodes[index]!;
      if (test === undefined) open.push(...next);
      if (test !== undefined || isEnd === true) closed.push(index);
    }
    return closed;
  }
}

function passes(test: Test, code: number, isAtStart: boolean): boolean {
  if (test.type === "literal") return code === test.code;
  if (code === SLASH) return false;
  if (test.type === "rest") return true;
  if (isAtStart && code === DOT) return false;
  return test.type === "name" ? test.isIn(code) : isAtStart;
}

/** A piece of the nodes: where it begins, and the nodes that lead out of it. */
interface Piece {
  begin: number;
  ends: number[];
}

class Compiler {
  readonly #pattern: string;
  readonly #braces: ReadonlySet<number>;
  readonly #nodes: Node[] = [];
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern.replace(/^(?:\.\/)+/, "");
    this.#braces = findAlternatives(this.#pattern);
  }

  compile(): Node[] {
    // The first node, whatever the pattern begins with.
    const start = this.#add({ next: [] });
    const { begin, ends } = this.#sequence();
    this.#nodes[start]!.next.push(begin);
    this.#join(ends, this.#add({ next: [], isEnd: true }));
    return this.#nodes;
  }

  /** Up to the end, or to the comma or brace that ends an alternative. */
  #sequence(): Piece {
    const begin = this.#add({ next: [] });
    let ends = [begin];
    while (this.#at < this.#pattern.length) {
      if (this.#pattern[this.#at] !== "{" && this.#braces.has(this.#at)) break;
      const piece = this.#piece();
      this.#join(ends, piece.begin);
      ends = piece.ends;
    }
    return { begin, ends };
  }

  #piece(): Piece {
    const character = this.#pattern[this.#at]!;
    if (character === "*") return this.#stars();
    if (this.#braces.has(this.#at)) return this.#alternatives();
    if (character === "[") return this.#set() ?? this.#literal();
    if (character === "?") {
      this.#at++;
      return this.#single({ type: "name", isIn: () => true });
    }
    if (character === "\\" && this.#at + 1 < this.#pattern.length) this.#at++;
    return this.#literal();
  }

  #literal(): Piece {
    const code = this.#pattern.codePointAt(this.#at)!;
    this.#at += code > 0xffff ? 2 : 1;
    return this.#single({ type: "literal", code });
  }

  #stars(): Piece {
    const before = this.#pattern[this.#at - 1];
    const begin = this.#at;
    while (this.#pattern[this.#at] === "*") this.#at++;
    const after = this.#pattern[this.#at];
    const isAlone = isBoundary(before, "/{,") && isBoundary(after, "/},");
    if (this.#at - begin === 2 && isAlone) return this.#directories(after === "/");
    const star = this.#add({ next: [] });
    const character = this.#add({ test: { type: "name", isIn: () => true }, next: [star] });
    const end = this.#add({ next: [] });
    this.#nodes[star]!.next.push(character, end);
    return { begin: star, ends: [end] };
  }

  /** `**`: any number of whole names, hidden ones left out; with a slash behind it each with its own. */
  #directories(withSlash: boolean): Piece {
    const begin = this.#add({ next: [] });
    const rest = this.#add({ test: { type: "rest" }, next: [] });
    const first = this.#add({ test: { type: "first" }, next: [] });
    const slash = this.#add({ test: { type: "literal", code: SLASH }, next: [begin] });
    this.#nodes[begin]!.next.push(first);
    for (const node of [first, rest]) this.#nodes[node]!.next.push(rest, slash);
    if (withSlash) {
      this.#at++;
      return { begin, ends: [begin] };
    }
    const end = this.#add({ next: [] });
    for (const node of [first, rest]) this.#nodes[node]!.next.push(end);
    return { begin, ends: [end] };
  }

  #alternatives(): Piece {
    const begin = this.#add({ next: [] });
    const end = this.#add({ next: [] });
    do {
      this.#at++;
      const piece = this.#sequence();
      this.#nodes[begin]!.next.push(piece.begin);
      this.#join(piece.ends, end);
    } while (this.#pattern[this.#at] === ",");
    this.#at++;
    return { begin, ends: [end] };
  }

  /** @returns null where the bracket is never closed: then it stands for itself. */
  #set(): Piece | null {
    const end = setEnd(this.#pattern, this.#at);
    if (end === null) return null;
    let at = this.#at + 1;
    const isNegated = this.#pattern[at] === "!" || this.#pattern[at] === "^";
    if (isNegated) at++;
    const ranges: [number, number][] = [];
    const code = (): number => {
      if (this.#pattern[at] === "\\") at++;
      const found = this.#pattern.codePointAt(at)!;
      at += found > 0xffff ? 2 : 1;
      return found;
    };
    while (at < end) {
      const from = code();
      const isRange = this.#pattern[at] === "-" && at + 1 < end;
      if (isRange) at++;
      ranges.push([from, isRange ? code() : from]);
    }
    this.#at = end + 1;
    const isIn = (character: number): boolean =>
      ranges.some(([from, to]) => character >= from && character <= to) !== isNegated;
    return this.#single({ type: "name", isIn }, ranges.length);
  }

  #single(test: Test, cost = 1): Piece {
    const begin = this.#add({ test, cost, next: [] });
    return { begin, ends: [begin] };
  }

  #add(node: Node): number {
    return this.#nodes.push(node) - 1;
  }

  #join(ends: readonly number[], next: number): void {
    for (const end of ends) this.#nodes[end]!.next.push(next);
  }
}

function isBoundary(character: string | undefined, boundaries: string): boolean {
  return character === undefined || boundaries.includes(character);
}

/** Where the set that begins here ends; null where it does not. A bracket right at its beginning stands for itself. */
function setEnd(pattern: string, begin: number): number | null {
  let at = begin + 1;
  if (pattern[at] === "!" || pattern[at] === "^") at++;
  if (pattern[at] === "]") at++;
  for (; at < pattern.length; at++) {
    if (pattern[at] === "\\") at++;
    else if (pattern[at] === "]") return at;
  }
  return null;
}

/** Finds the braces that are closed and hold a comma, with these commas. All others stand for themselves. */
function findAlternatives(pattern: string): Set<number> {
  const found = new Set<number>();
  const open: number[][] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "\\") at++;
    else if (character === "[") at = setEnd(pattern, at) ?? at;
    else if (character === "{") open.push([at]);
    else if (character === ",") open.at(-1)?.push(at);
    else if (character === "}") {
      const places = open.pop() ?? [];
      if (places.length > 1) for (const place of [...places, at]) found.add(place);
    }
  }
  return found;
}
