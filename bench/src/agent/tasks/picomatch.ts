import { type AgentTask, bash, call, edit, read, say, write } from "../task.ts";

const CHECK_BRACES = `node -e 'const match = require("./"); require("assert").ok(match("*.{js,ts}")("a.ts")); require("assert").ok(!match("*.js")("a/b.js"))'`;

export const PICOMATCH_TASKS: AgentTask[] = [
  {
    name: "picomatch-broken-constant",
    repository: "picomatch",
    prepare: 'sed -i "s/const MAX_LENGTH = 1024 \\* 64/const MAX_LENGTH = 2/" lib/constants.js',
    prompt: "Every pattern throws 'Input length … exceeds maximum allowed length'.",
    answers: [
      bash(`node -e 'require("./")("*.js")' 2>&1 | head -8`),
      bash("grep -rn 'MAX_LENGTH' lib"),
      call(["read_file", { path: "lib/constants.js", limit: 20 }]),
      edit("lib/constants.js", "const MAX_LENGTH = 2;", "const MAX_LENGTH = 1024 * 64;"),
      bash(CHECK_BRACES),
      say("The largest length was 2."),
    ],
    check: CHECK_BRACES,
  },
  {
    name: "picomatch-large-file",
    repository: "picomatch",
    prompt: "Where are braces parsed? Read as much as you need.",
    answers: [
      bash("wc -l lib/*.js"),
      call(["read_file", { path: "lib/parse.js", limit: 400 }]),
      call(["read_file", { path: "lib/parse.js", offset: 401, limit: 400 }]),
      call(["read_file", { path: "lib/parse.js", offset: 801, limit: 400 }]),
      bash("grep -n 'brace' lib/parse.js | head -60"),
      read("lib/scan.js"),
      say(
        "In `parse.js`: the opening brace pushes onto `braces`, the closing one rewrites the tokens since.",
      ),
    ],
    check: "git diff --quiet",
  },
  {
    name: "picomatch-loose-input",
    repository: "picomatch",
    prompt: "Show me lines 1 to 20 of lib/utils.js.",
    answers: [
      // Numbers as texts and null for what is absent, as small models send them.
      call(["read_file", { path: "lib/utils.js", offset: "1", limit: "20", lineNumbers: null }]),
      say("These are its first lines."),
    ],
    check: "git diff --quiet",
  },
  {
    name: "picomatch-benchmark",
    repository: "picomatch",
    prompt: "Write a small benchmark and run it three times.",
    answers: [
      read("index.js", "package.json"),
      write(
        "bench.js",
        'const match = require("./");\nconst is = match("src/**/*.{js,ts}");\nlet n = 0;\nfor (let i = 0; i < 2e5; i++) n += is(`src/a${i}/b.js`) ? 1 : 0;\nconsole.log(n);\n',
      ),
      bash("node bench.js"),
      bash("node bench.js"),
      bash("for i in 1 2 3; do /usr/bin/env bash -c 'time node bench.js' 2>&1 | tail -4; done"),
      say("About the same each time."),
    ],
    check: "test -f bench.js",
  },
  {
    name: "picomatch-long-work",
    repository: "picomatch",
    prompt: "Go through all files, one by one, and note the number of functions of each in NOTES.md.",
    answers: [
      call(["list_files", {}]),
      ...[
        "index.js",
        "posix.js",
        "lib/constants.js",
        "lib/parse.js",
        "lib/picomatch.js",
        "lib/scan.js",
        "lib/utils.js",
      ].flatMap((path) => [
        read(path),
        bash(`printf '%s: %s\\n' ${path} "$(grep -cE 'function|=>' ${path})" >> NOTES.md; tail -1 NOTES.md`),
      ]),
      read("NOTES.md"),
      say("NOTES.md has a line for each file."),
    ],
    check: "test $(grep -c : NOTES.md) = 7",
  },
];
