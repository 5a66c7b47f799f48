/**
 * Makes programs non-interactive: no colours, pagers, editors, prompts or questions. Together with empty input and no
 * terminal, this keeps commands from waiting for a user until they time out.
 */
export const SHELL_ENVIRONMENT: Readonly<Record<string, string>> = {
  CI: "1",
  TERM: "dumb",
  NO_COLOR: "1",
  DEBIAN_FRONTEND: "noninteractive",
  PAGER: "cat",
  MANPAGER: "cat",
  SYSTEMD_PAGER: "cat",
  GH_PAGER: "cat",
  AWS_PAGER: "",
  GIT_PAGER: "cat",
  PSQL_PAGER: "cat",
  BAT_PAGER: "cat",
  DELTA_PAGER: "cat",
  // An editor that changes nothing: merges, rebases and amended commits continue with the text that git proposes.
  EDITOR: "true",
  VISUAL: "true",
  GIT_EDITOR: "true",
  GIT_SEQUENCE_EDITOR: "true",
  GIT_TERMINAL_PROMPT: "0",
  GCM_INTERACTIVE: "never",
  SSH_ASKPASS_REQUIRE: "never",
  GH_PROMPT_DISABLED: "1",
  PIP_NO_INPUT: "1",
  COREPACK_ENABLE_DOWNLOAD_PROMPT: "0",
  TF_INPUT: "0",
  NG_CLI_ANALYTICS: "false",
  COMPOSER_NO_INTERACTION: "1",
  // Vim with empty input uses stderr as its terminal and waits for ever. Commands given with `-c` run before this, and
  // piped keys are not empty input, so it still works as a filter.
  VIMINIT:
    'autocmd VimEnter * if index([resolve("/dev/stderr"), "/dev/null"], resolve("/dev/stdin")) >= 0 | cquit | endif',
};
