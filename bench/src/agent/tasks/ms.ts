import { type AgentTask, bash, call, edit, read, say, write } from "../task.ts";

const CHECK_WEEKS = `node -e 'const ms = require("./"); require("assert").equal(ms("2w"), 1209600000); require("assert").equal(ms("1 d"), 86400000)'`;

export const MS_TASKS: AgentTask[] = [
  {
    name: "ms-wrong-constant",
    repository: "ms",
    prepare: `sed -i 's/var w = d \\* 7;/var w = d * 6;/' index.js`,
    prompt: "ms('2w') is wrong. Find out why and fix it.",
    answers: [
      bash(`node -e 'console.log(require("./")("2w"))'`),
      read("index.js"),
      edit("index.js", "var w = d * 6;", "var w = d * 7;"),
      bash(CHECK_WEEKS),
      say("A week had six days. It has seven now, and `ms('2w')` is 1209600000."),
    ],
    check: CHECK_WEEKS,
  },
  {
    name: "ms-new-unit",
    repository: "ms",
    prompt: "Let ms understand months ('1mo', '2 months', 30.4375 days each) and say it in the readme.",
    answers: [
      call(["list_files", {}], ["read_file", { path: "index.js" }]),
      edit("index.js", "var y = d * 365.25;", "var y = d * 365.25;\nvar mo = y / 12;"),
      edit("index.js", "|weeks?|w|years?", "|weeks?|w|months?|mo|years?"),
      edit(
        "index.js",
        "    case 'weeks':\n",
        "    case 'months':\n    case 'month':\n    case 'mo':\n      return n * mo;\n    case 'weeks':\n",
      ),
      bash(`node -e 'const ms = require("./"); console.log(ms("1mo"), ms("2 months"), ms("1m"))'`),
      bash("grep -n 'ms(' readme.md | head -20"),
      bash(`sed -i "s/^ms('1y').*/&\\nms('1mo')     \\/\\/ 2629800000/" readme.md && grep -n 1mo readme.md`),
      say("`mo`, `month` and `months` work; the readme has an example."),
    ],
    check: `node -e 'const ms = require("./"); require("assert").equal(ms("1mo"), 2629800000); require("assert").equal(ms("1m"), 60000)' && grep -q 1mo readme.md`,
  },
  {
    name: "ms-first-test",
    repository: "ms",
    prompt: "There are no tests. Write some with node:test and run them.",
    answers: [
      read("index.js", "package.json"),
      write(
        "test.js",
        [
          'const test = require("node:test");',
          'const assert = require("node:assert");',
          'const ms = require("./");',
          ...["1s", "1m", "1h", "1d", "1w"].map(
            (unit, index) =>
              `test("${unit}", () => assert.equal(ms("${unit}"), ${[1e3, 6e4, 36e5, 864e5, 6048e5][index]}));`,
          ),
          'test("nothing", () => assert.throws(() => ms("")));',
          "",
        ].join("\n"),
      ),
      bash("node --test test.js"),
      edit("package.json", '"scripts": {', '"scripts": {\n    "test:unit": "node --test test.js",'),
      bash("npm run test:unit --silent"),
      say("Six tests, all pass; `npm run test:unit` runs them."),
    ],
    check: "node --test test.js && grep -q test:unit package.json",
  },
  {
    name: "ms-long-output",
    repository: "ms",
    prompt: "Format every whole number of seconds of one day and tell me which texts are the longest.",
    answers: [
      bash(
        `node -e 'const ms = require("./"); for (let s = 0; s < 86400; s++) console.log(s, ms(s * 1000, { long: true }))'`,
      ),
      bash(
        `node -e 'const ms = require("./"); const all = new Set(); for (let s = 0; s < 86400; s++) all.add(ms(s * 1000, { long: true })); console.log([...all].sort((a, b) => b.length - a.length).slice(0, 5))'`,
      ),
      say("The longest are of the form `59 seconds` and `59 minutes`."),
    ],
    check: "git diff --quiet",
  },
  {
    name: "ms-wrong-edits",
    repository: "ms",
    prompt: "Make ms(undefined) return undefined instead of throwing.",
    answers: [
      // As small models do it: from memory, then from the file.
      edit("index.js", "throw new Error('val is not a string')", "return undefined"),
      read("index.js"),
      edit(
        "index.js",
        "  options = options || {};\n  var type = typeof val;",
        "  options = options || {};\n  if (val === undefined) return undefined;\n  var type = typeof val;",
      ),
      bash(`node -e 'console.log(require("./")(undefined))'`),
      say("Done: it returns undefined, and still throws for everything else that is no time."),
    ],
    check: `node -e 'require("assert").equal(require("./")(undefined), undefined); require("assert").throws(() => require("./")({}))'`,
  },
];
