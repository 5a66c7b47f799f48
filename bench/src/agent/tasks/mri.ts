import { type AgentTask, bash, call, edit, read, say, write } from "../task.ts";

const CHECK_NO = `node -e 'const mri = require("./lib/index.js"); require("assert").deepEqual(mri(["--no-color", "-abc", "x"]), { _: [], color: false, a: true, b: true, c: "x" })'`;

export const MRI_TASKS: AgentTask[] = [
  {
    name: "mri-broken-negation",
    repository: "mri",
    prepare: `sed -i "s/substring(j, j + 3) === 'no-'/substring(j, j + 3) === 'no'/" lib/index.js`,
    prompt: "--no-color doesn't turn color off any more.",
    answers: [
      bash(`node -e 'console.log(require("./lib/index.js")(["--no-color"]))'`),
      bash("grep -n \"no-\\|'no'\" -r lib"),
      call(["read_file", { path: "lib/index.js", offset: 60, limit: 40 }]),
      edit("lib/index.js", "=== 'no')", "=== 'no-')"),
      bash(CHECK_NO),
      say("The comparison was with three characters of which one had gone."),
    ],
    check: CHECK_NO,
  },
  {
    name: "mri-two-files",
    repository: "mri",
    prompt: "Add an option `stopEarly` that stops at the first positional argument, in both builds.",
    answers: [
      call(["read_file", { path: "lib/index.js" }], ["read_file", { path: "lib/index.mjs" }]),
      call(
        [
          "edit_file",
          {
            path: "lib/index.js",
            oldText: "\t\t\tout._.push(arg);\n",
            newText:
              "\t\t\tif (opts.stopEarly) {\n\t\t\t\tout._ = out._.concat(args.slice(i));\n\t\t\t\tbreak;\n\t\t\t}\n\t\t\tout._.push(arg);\n",
          },
        ],
        [
          "edit_file",
          {
            path: "lib/index.mjs",
            oldText: "\t\t\tout._.push(arg);\n",
            newText:
              "\t\t\tif (opts.stopEarly) {\n\t\t\t\tout._ = out._.concat(args.slice(i));\n\t\t\t\tbreak;\n\t\t\t}\n\t\t\tout._.push(arg);\n",
          },
        ],
      ),
      bash(
        `node -e 'console.log(require("./lib/index.js")(["-a", "--b=1", "c", "--d"], { stopEarly: true }))' && diff lib/index.js lib/index.mjs`,
      ),
      say("Both builds stop at the first positional argument with `stopEarly`."),
    ],
    check: `node -e 'require("assert").deepEqual(require("./lib/index.js")(["--b=1", "c", "--d"], { stopEarly: true })._, ["c", "--d"])' && grep -q stopEarly lib/index.mjs`,
  },
  {
    name: "mri-types",
    repository: "mri",
    prompt: "What types does the package declare? Add a comment to each of them.",
    answers: [
      read("index.d.ts"),
      bash("grep -c '' index.d.ts"),
      bash(
        `node -e 'const fs = require("fs"); const text = fs.readFileSync("index.d.ts", "utf8"); fs.writeFileSync("index.d.ts", text.replace(/^(\\s*)(interface|type) (\\w+)/gm, "$1/** $3. */\\n$1$2 $3"))' && cat index.d.ts`,
      ),
      say("Each has a comment now."),
    ],
    check: "grep -q '/\\*\\*' index.d.ts",
  },
  {
    name: "mri-commit",
    repository: "mri",
    prompt: "Write a changelog from the package's version and commit it.",
    answers: [
      read("package.json", "readme.md"),
      write("CHANGELOG.md", "# Changelog\n\n## 1.2.0\n\n- As published.\n"),
      bash("git add -A && git commit -qm 'Add a changelog' && git log --oneline | head -3"),
      say("Committed."),
    ],
    check: "git log -1 --format=%s | grep -q changelog && git diff --quiet",
  },
  {
    name: "mri-failing-command",
    repository: "mri",
    prompt: "Run the tests.",
    answers: [
      bash("npm test"),
      read("package.json"),
      bash("ls test 2>&1; ls"),
      say("The published package has no tests: its `test` script needs a folder that is not part of it."),
    ],
    check: "git diff --quiet",
  },
];
