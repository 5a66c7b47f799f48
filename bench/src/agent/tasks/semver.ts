import { type AgentTask, bash, call, edit, read, say } from "../task.ts";

const FUNCTIONS = ["gt", "lt", "gte", "lte", "eq", "neq"];
const CHECK_GTE = `node -e 'const semver = require("./"); require("assert").ok(semver.gte("1.2.3", "1.2.3")); require("assert").ok(!semver.gte("1.2.2", "1.2.3"))'`;

export const SEMVER_TASKS: AgentTask[] = [
  {
    name: "semver-off-by-one",
    repository: "semver",
    prepare: "sed -i 's/>= 0/> 0/' functions/gte.js",
    prompt: "gte('1.2.3', '1.2.3') is false.",
    answers: [
      bash(`node -e 'console.log(require("./").gte("1.2.3", "1.2.3"))'`),
      bash("grep -rn 'gte' --include=*.js functions index.js | head"),
      read("functions/gte.js", "functions/gt.js", "functions/compare.js"),
      edit("functions/gte.js", "> 0", ">= 0"),
      bash(CHECK_GTE),
      say("`gte` compared strictly."),
    ],
    check: CHECK_GTE,
  },
  {
    name: "semver-read-everything",
    repository: "semver",
    prompt: "How does a range get parsed? Explain it with the files that matter.",
    answers: [
      call(["list_files", { path: "." }]),
      read("classes/range.js", "classes/comparator.js", "internal/re.js"),
      read("internal/parse-options.js", "internal/constants.js", "internal/lrucache.js"),
      read(...FUNCTIONS.map((name) => `functions/${name}.js`)),
      read("functions/satisfies.js", "ranges/to-comparators.js", "ranges/valid.js", "range.bnf"),
      bash("grep -n 'parseRange' -r classes | head"),
      say(
        "`Range` splits at `||`, rewrites hyphens, carets, tildes and x-ranges by regular expressions, then makes comparators.",
      ),
    ],
    check: "git diff --quiet",
  },
  {
    name: "semver-rename",
    repository: "semver",
    prompt: "Rename the internal function parseOptions to readOptions everywhere.",
    answers: [
      bash("grep -rln parseOptions --include=*.js . "),
      read("internal/parse-options.js", "classes/semver.js"),
      bash("grep -rl parseOptions --include=*.js . | xargs sed -i 's/parseOptions/readOptions/g'"),
      bash(
        "grep -rn 'parseOptions' --include=*.js . ; node -e 'require(\"./\").parse(\"1.2.3\")' && echo fine",
      ),
      bash("git diff --stat"),
      say("Renamed in all files; the package loads and parses."),
    ],
    check: `! grep -rq parseOptions --include=*.js . && node -e 'require("assert").equal(require("./").parse("1.2.3").major, 1)'`,
  },
  {
    name: "semver-many-edits",
    repository: "semver",
    prompt: `Begin each of ${FUNCTIONS.join(", ")} with a comment that says what it does.`,
    answers: [
      read(...FUNCTIONS.map((name) => `functions/${name}.js`)),
      call(
        ...FUNCTIONS.map((name): [string, Record<string, unknown>] => [
          "edit_file",
          {
            path: `functions/${name}.js`,
            oldText: "'use strict'\n",
            newText: `'use strict'\n\n// Whether a ${name} b.\n`,
          },
        ]),
      ),
      bash("head -5 functions/gt.js functions/neq.js && node -e 'require(\"./\")'"),
      say("Six files have a comment."),
    ],
    check: "test $(grep -l 'Whether a' functions/*.js | wc -l) = 6",
  },
  {
    name: "semver-missing-file",
    repository: "semver",
    prompt: "Add a function `between(version, low, high)`.",
    answers: [
      read("functions/between.js"),
      read("functions/gte.js", "index.js"),
      call([
        "write_file",
        {
          path: "functions/between.js",
          content:
            "'use strict'\n\nconst gte = require('./gte')\nconst lte = require('./lte')\nconst between = (version, low, high, loose) => gte(version, low, loose) && lte(version, high, loose)\nmodule.exports = between\n",
        },
      ]),
      edit(
        "index.js",
        "module.exports = {\n",
        "module.exports = {\n  between: require('./functions/between'),\n",
      ),
      bash(`node -e 'console.log(require("./").between("1.5.0", "1.0.0", "2.0.0"))'`),
      say("`semver.between` is there."),
    ],
    check: `node -e 'require("assert").ok(require("./").between("1.5.0", "1.0.0", "2.0.0"))'`,
  },
];
