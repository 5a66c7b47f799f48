/** Colours are CSS variables, so the page's theme decides and may change. */
export const CODE_THEME = {
  name: "trunkline",
  type: "light" as const,
  fg: "inherit",
  bg: "transparent",
  settings: [
    {
      scope: ["comment", "punctuation.definition.comment", "string.comment"],
      settings: { foreground: "var(--code-comment)" },
    },
    {
      scope: ["string", "string.quoted", "markup.inline.raw", "markup.inserted", "constant.other.symbol"],
      settings: { foreground: "var(--code-string)" },
    },
    {
      scope: [
        "constant.numeric",
        "constant.language",
        "constant.character",
        "support.constant",
        "variable.language",
      ],
      settings: { foreground: "var(--code-number)" },
    },
    {
      scope: [
        "keyword",
        "storage",
        "storage.type",
        "keyword.operator.new",
        "entity.name.tag",
        "markup.deleted",
      ],
      settings: { foreground: "var(--code-keyword)" },
    },
    {
      scope: ["keyword.operator", "punctuation"],
      settings: { foreground: "inherit" },
    },
    {
      scope: [
        "entity.name.function",
        "support.function",
        "entity.name.type",
        "entity.name.class",
        "support.class",
        "markup.heading",
      ],
      settings: { foreground: "var(--code-function)" },
    },
    {
      scope: [
        "variable.parameter",
        "entity.other.attribute-name",
        "support.type.property-name",
        "variable.other.normal.shell",
      ],
      settings: { foreground: "var(--code-parameter)" },
    },
  ],
};
