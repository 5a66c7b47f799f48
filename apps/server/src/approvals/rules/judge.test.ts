import type { RuleEffect, RuleLevel, RuleTerms } from "@trunkline/contract";
import { CreateRuleInput } from "@trunkline/contract/schemas";
import { describe, expect, it, test } from "vitest";
import type { CallToJudge, RuleInForce } from "../port.ts";
import { judge } from "./judge.ts";

const NOW = 1_000;

const bash = (command: string): CallToJudge => ({
  tool: { name: "bash", kind: "execute", effects: [], command: () => command },
  input: {},
  workspace: "/w",
});
const fetchOf = (url: string): CallToJudge => ({
  tool: { name: "web_fetch", kind: "fetch", effects: [], address: () => url },
  input: {},
  workspace: "/w",
});
const file = (name: string, kind: "edit" | "read" | "search", ...paths: string[]): CallToJudge => ({
  tool: { name, kind, effects: [], locations: () => paths.map((path) => ({ path })) },
  input: {},
  workspace: "/w",
});
const rule = (
  effect: RuleEffect,
  terms: RuleTerms,
  level: RuleLevel = "user",
  expiresAt: number | null = null,
): RuleInForce => {
  expect(CreateRuleInput.safeParse({ effect, ...terms }).error).toBeUndefined();
  return { effect, ...terms, level, expiresAt };
};
const typeOf = (call: CallToJudge, ...rules: RuleInForce[]) => judge(call, rules, NOW).type;

/** docs/approvals.md has this table. */
describe("which rule decides", () => {
  const make = { tool: "bash", pattern: "make *" };
  test.each<[string, RuleInForce[], ReturnType<typeof judge>["type"]]>([
    ["none", [], "none"],
    ["one that allows", [rule("allow", make)], "allow"],
    ["one that asks", [rule("ask", make)], "ask"],
    ["one that denies", [rule("deny", make)], "deny"],
    ["at one level: ask before allow", [rule("allow", make), rule("ask", make)], "ask"],
    ["at one level: deny before all", [rule("allow", make), rule("ask", make), rule("deny", make)], "deny"],
    [
      "the session's before the project's",
      [rule("ask", make, "project"), rule("allow", make, "session")],
      "allow",
    ],
    ["the project's before the user's", [rule("allow", make, "user"), rule("ask", make, "project")], "ask"],
    [
      "the user's before the operator's",
      [rule("ask", make, "operator"), rule("allow", make, "user")],
      "allow",
    ],
    ["a denial of any level", [rule("deny", make, "operator"), rule("allow", make, "session")], "deny"],
    ["a user's denial, too", [rule("deny", make, "user"), rule("allow", make, "session")], "deny"],
    ["an expired one does not", [rule("deny", make, "user", NOW), rule("allow", make)], "allow"],
    ["one that expires later does", [rule("deny", make, "user", NOW + 1), rule("allow", make)], "deny"],
    ["one of another tool does not", [rule("deny", { tool: "web_fetch" })], "none"],
  ])("%s", (_, rules, type) => expect(typeOf(bash("make all"), ...rules)).toBe(type));
});

/** Command lines that run, or could run, something else than `npm test` with arguments. */
const HOSTILE = [
  "npm test; curl evil",
  "npm test;curl evil",
  "npm test && curl evil",
  "npm test || curl evil",
  "npm test & curl evil",
  "npm test | sh",
  "npm test |& sh",
  "npm test\ncurl evil",
  "npm test\r\ncurl evil",
  "npm test $(curl evil)",
  "npm test `curl evil`",
  'npm test "$(curl evil)"',
  'npm test "`curl evil`"',
  "npm test ${IFS}curl",
  "npm test $HOME",
  'npm test "$HOME"',
  "npm test $'\\x3b' curl",
  "npm test <(curl evil)",
  "npm test >(curl evil)",
  "npm test > ~/.bashrc",
  "npm test >> .git/hooks/pre-commit",
  "npm test < /etc/passwd",
  "npm test 2>&1",
  "npm test <<< x",
  "npm test <<E\nx\nE",
  "npm test \\; curl evil",
  "npm test \\\ncurl evil",
  "npm test {a,b}",
  "npm test *",
  "npm test [a]",
  "npm test ?",
  "npm test ~root",
  "npm test # comment",
  "npm test 'a\nb'",
  "npm test !!",
  'npm test "!curl"',
  "npm test 'unfinished",
  'npm test "unfinished',
  "npm test (curl evil)",
  "(npm test)",
  "{ npm test; }",
  "! npm test",
  "time npm test",
  "if npm test; then curl evil; fi",
  "while npm test; do curl evil; done",
  "function npm { curl evil; }; npm test",
  "npm() { curl evil; }; npm test",
  "PATH=.:$PATH npm test",
  "PATH=. npm test",
  "NODE_OPTIONS='--require ./evil.js' npm test",
  "LD_PRELOAD=./evil.so npm test",
  "env PATH=. npm test",
  "sudo npm test",
  "exec npm test",
  "eval npm test",
  "bash -c 'npm test'",
  "./npm test",
  "/tmp/npm test",
  "npm\u00a0test",
  "npm\u3000test",
  "npm test\u00a0",
  "\ufeffnpm test",
  "npm\u200b test",
  "npm te\u00adst",
  "npm test \u202e live",
  "npm test \ud800",
  "npm test\u0000",
  "npm test \u0007",
  "npm test \u001b[2K",
  "npm test\u2028curl evil",
  "npm test\u0085curl evil",
  "npm\ttest\vcurl",
  "npm\ftest",
  "npm tests",
  "npm  run test",
  "npm run test",
  "npm -C /tmp test",
  "npmx test",
  "nрm test",
  "NPM test",
  "'npm test'",
  '"npm test"',
  "npm 'test x'",
  "''",
  "",
  "   ",
  "\n",
  "alias npm=curl; npm test",
  "npm test &",
  "coproc npm test",
  "npm test\\",
  "npm test =(curl evil)",
  "npm test ^a^b",
];

describe("a rule that allows `npm test *`", () => {
  const allow = rule("allow", { tool: "bash", pattern: "npm test *" });
  it.each(HOSTILE)("does not allow %j", (command) => expect(typeOf(bash(command), allow)).toBe("none"));

  it.each([
    "npm test",
    "  npm   test  ",
    "npm\ttest\n",
    "npm test -- --watch=false",
    "npm test 'a b; c && $(d)'",
    'npm test "a|b"',
    "npm 'test'",
    "n'p'm te\"s\"t a=b",
    "npm test ../other",
  ])("allows %j", (command) => expect(typeOf(bash(command), allow)).toBe("allow"));

  it("without its star allows that command alone", () => {
    const exact = rule("allow", { pattern: "npm test" });
    expect(typeOf(bash("npm test"), exact)).toBe("allow");
    for (const command of ["npm test x", "npm", ...HOSTILE])
      expect(typeOf(bash(command), exact)).toBe("none");
  });
});

describe("a star in a word", () => {
  test.each([
    ["node scripts/*.js", "node scripts/a.js", true],
    ["node scripts/*.js", "node scripts/../../evil.js", false],
    ["node scripts/*.js", "node scripts/a/b.js", false],
    ["rm build/*", "rm build/..", false],
    ["rm build/*", "rm build/../x", false],
    ["rm build/*", "rm build/a b", false],
    ["git fetch * main", "git fetch origin main", true],
    ["git fetch * main", "git fetch --upload-pack=evil main", false],
    ["git fetch * main", "git fetch a/b main", false],
    ["npm run test:*", "npm run test:unit", true],
    ["npm run test:*", "npm run test:unit x", false],
    ["npm run test:*", "npm run test", false],
    ["a*b*c x", "abbbc x", false],
    ["echo '*'", "echo x", false],
    ["echo '*'", "echo '*'", true],
    ["echo \\*", "echo *", true],
    ["echo \\*", "echo x", false],
  ])("%j and %j: %s", (pattern, command, isAllowed) => {
    const allow: RuleInForce = { effect: "allow", pattern, level: "user", expiresAt: null };
    expect(typeOf(bash(command), allow)).toBe(isAllowed ? "allow" : "none");
  });

  it.each(["*", "* test", "n*m test", "npm test; *", "npm * && x", "$(x) *", "A=b npm *", "\u00a0 *x", ";*"])(
    "is refused in %j",
    (pattern) => {
      expect(CreateRuleInput.safeParse({ effect: "allow", pattern }).success).toBe(false);
    },
  );
});

describe("a rule that allows one whole command line", () => {
  const line = 'cd sub && npm test | tee "$LOG"; rm *.tmp';
  const allow = rule("allow", { pattern: line.replaceAll("*", "\\*") });
  it("allows it, to the letter", () => {
    expect(typeOf(bash(line), allow)).toBe("allow");
    for (const other of [`${line} `, ` ${line}`, `${line};`, line.replace("sub", "."), `${line}\nx`]) {
      expect(typeOf(bash(other), allow)).toBe("none");
    }
  });
});

/** Ways to put `git push origin`, some of which nobody can tell from its text. */
describe("a rule that denies `git push *`", () => {
  const deny = rule("deny", { pattern: "git push *" });
  test.each([
    "git push",
    "git push origin main",
    "  git   push",
    "cd x && git push",
    "cd x;git push",
    "true || git push -f",
    "sleep 1 & git push",
    "echo a | git push",
    "(git push)",
    "$(git push)",
    "{ git push; }",
    "if git push; then echo; fi",
    "! git push",
    "GIT_DIR=x git push",
    "sudo git push",
    "env A=b git push",
    "command git push",
    "/usr/bin/git push",
    "g'i't pu\"s\"h",
    "\\git push",
    "g\\it pu\\sh",
    "git \\\n push",
    "git push 'a b'",
    "true\ngit push",
  ])("denies %j", (command) => expect(typeOf(bash(command), deny)).toBe("deny"));

  test.each([
    "echo `git push`",
    'echo "$(git push)"',
    "git $X origin",
    "git $(echo push)",
    "git pus{h,}",
    "$GIT push",
    "g$'i't push",
    "/usr/bin/gi? push",
    "X=git; $X push",
    "alias p='git push'; p",
    "bash -c 'git push'",
    "bash build.sh",
    "eval git' 'push",
    "echo git push | sh",
    "xargs git push",
    "xargs git < $args",
    "git -C dir push",
    "git -c a=b push",
    "npx git push",
    "cat <<E\ngit push\nE",
    ">out git push",
    "timeout 5 git push",
    "env $X",
    "find . -exec git push {} +",
    "trap 'git push' EXIT",
    "grep 'git push' README.md",
    `git commit -m "${"x".repeat(9_000)}"`,
  ])("asks about %j", (command) => {
    expect(typeOf(bash(command), deny)).toBe("ask");
    expect(typeOf(bash(command), deny, rule("allow", { tool: "bash" }, "session"))).toBe("ask");
  });

  test.each([
    "git status",
    "git pull",
    "npm test",
    "echo $HOME",
    "ls *.ts",
    "for f in a b; do cat $f; done",
    "",
  ])("has nothing to do with %j", (command) => expect(typeOf(bash(command), deny)).toBe("none"));

  it("as `*` is about every command", () => {
    expect(typeOf(bash("ls -l"), rule("deny", { pattern: "*" }))).toBe("deny");
  });
});

it("the longest hostile commands are judged by the most rules", () => {
  const commands = ["a ".repeat(50_000), "'".repeat(100_000), "$(".repeat(50_000), "git ".repeat(2_000)];
  const rules = Array.from({ length: 400 }, (_, index) =>
    rule(index % 2 === 0 ? "deny" : "allow", { pattern: `git x${index} push *` }),
  );
  const types = commands.map((command) => typeOf(bash(command), ...rules));
  expect(types).toEqual(["ask", "ask", "ask", "none"]);
});

describe("a rule about a host", () => {
  test.each([
    ["example.com", "https://example.com/x", true],
    ["example.com", "http://example.com/x", true],
    ["example.com", "https://EXAMPLE.com./x", true],
    ["example.com", "https://example.com:8443/x", false],
    ["example.com:8443", "https://example.com:8443/x", true],
    ["example.com:443", "http://example.com/x", false],
    ["example.com", "https://www.example.com/", false],
    ["example.com", "https://example.com.evil.net/", false],
    ["example.com", "https://evilexample.com/", false],
    ["example.com", "https://example.com@evil.net/", false],
    ["example.com", "https://evil.net/#https://example.com/", false],
    ["example.com", "https://evil.net\\@example.com/", false],
    ["example.com", "ftp://example.com/", false],
    ["example.com", "file://example.com/", false],
    ["*.example.com", "https://a.b.example.com/", true],
    ["*.example.com", "https://example.com/", false],
    ["*.example.com", "https://evilexample.com/", false],
    ["127.0.0.1:1", "http://127.1:1/", true],
    ["[::1]:80", "http://[0:0::1]/", true],
  ])("%s and %s: %s", (host, url, isMeant) => {
    expect(typeOf(fetchOf(url), rule("allow", { host }))).toBe(isMeant ? "allow" : "none");
    expect(typeOf(fetchOf(url), rule("deny", { host }))).toBe(isMeant ? "deny" : "none");
  });

  it.each([
    "*",
    "*.com",
    "*.1.2.3.4",
    "a b",
    "https://a.example",
    "a.example/x",
    "a@b",
    "a.example:99999",
    "*.*.a",
  ])("can't be %j", (host) => expect(CreateRuleInput.safeParse({ effect: "ask", host }).success).toBe(false));
});

describe("a rule about paths", () => {
  test.each([
    ["src/**", "src/a/b.ts", "allow", "deny"],
    ["src/**", "./src//a.ts", "allow", "deny"],
    ["src/**", "/w/src/a.ts", "allow", "deny"],
    ["src/**", "src/../.env", "none", "none"],
    ["src/**", "src/../../x", "none", "ask"],
    ["src/**", "/etc/passwd", "none", "ask"],
    ["src/**", "src", "none", "ask"],
    ["src/**", "srcs/a", "none", "none"],
    ["src/*", "src/a/b", "none", "none"],
    ["**", "a/b", "allow", "deny"],
    // Hidden files are allowed only where the rule names them, and denied in any case.
    ["**", ".git/config", "none", "deny"],
    ["src/**", "src/.env", "none", "deny"],
    ["**/.env", "a/.env", "allow", "deny"],
    [".*/x", ".git/x", "allow", "deny"],
    ["**/*.key", "a/b/c.key", "allow", "deny"],
    ["**/*.key", "a.key", "allow", "deny"],
    ["a/**/z", "a/z", "allow", "deny"],
    ["a/**/z", "a/b/c/z", "allow", "deny"],
    ["a/**/z", "a/b", "none", "ask"],
    [".env", "", "none", "ask"],
  ] as const)("%s and %j: %s, %s", (path, given, allowed, denied) => {
    const call = file("write_file", "edit", given);
    expect(judge(call, [rule("allow", { path })], NOW)).toMatchObject({ type: allowed, checksPaths: true });
    expect(typeOf(call, rule("deny", { path }))).toBe(denied);
  });

  it("allows a call only if all of its paths are meant, and denies it if one is", () => {
    const call = file("apply_patch", "edit", "src/a", "lib/b");
    expect(typeOf(call, rule("allow", { path: "src/**" }))).toBe("none");
    expect(typeOf(call, rule("deny", { path: "lib/*" }))).toBe("deny");
  });

  it("asks before a search that may read what it denies", () => {
    const deny = rule("deny", { path: "secrets/**" });
    expect(typeOf(file("grep", "search"), deny)).toBe("ask");
    expect(typeOf(file("grep", "search", "."), deny)).toBe("ask");
    expect(typeOf(file("grep", "search", "src"), deny)).toBe("none");
    expect(typeOf(file("grep", "search", "secrets"), deny)).toBe("ask");
  });

  it("does not know what a command touches, and allows none", () => {
    expect(typeOf(bash("cat src/a"), rule("allow", { path: "src/**" }))).toBe("none");
  });

  it.each(["/etc", "../x", "a/../b", "./a", "a//b", "a/", "a\\b"])("can't be %j", (path) => {
    expect(CreateRuleInput.safeParse({ effect: "deny", path }).success).toBe(false);
  });
});

describe("a rule about tools", () => {
  it("knows them by name", () => {
    expect(typeOf(bash("x"), rule("allow", { tool: "ba*" }))).toBe("allow");
    expect(typeOf(bash("x"), rule("allow", { tool: "*" }))).toBe("allow");
    expect(typeOf(bash("x"), rule("allow", { tool: "server__*" }))).toBe("none");
    expect(typeOf(bash("x"), rule("allow", { tool: "bashful" }))).toBe("none");
  });

  it.each([
    {},
    { pattern: "x", path: "y" },
    { host: "a.example", pattern: "x" },
    { tool: "a b" },
    { tool: "" },
  ])("can't be %j", (terms) =>
    expect(CreateRuleInput.safeParse({ effect: "allow", ...terms }).success).toBe(false),
  );
});
