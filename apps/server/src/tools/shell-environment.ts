/**
 * Tells programs that nobody sits in front of them: no colours, pagers, editors, prompts or questions. Together with an
 * empty input and no terminal this keeps a command from waiting for somebody until its time is up.
 */
export const SHELL_ENVIRONMENT: Readonly<Record<string, string>> = {
  CI: "1",
  TERM: "dumb",
  DEBIAN_FRONTEND: "noninteractive",
  PAGER: "cat",
  MANPAGER: "cat",
  SYSTEMD_PAGER: "cat",
  GH_PAGER: "cat",
  AWS_PAGER: "",
  GIT_PAGER: "cat",
  // An editor that changes nothing: a merge, a rebase and an amended commit go on with the text that git proposes.
  EDITOR: "true",
  VISUAL: "true",
  GIT_EDITOR: "true",
  GIT_TERMINAL_PROMPT: "0",
  GH_PROMPT_DISABLED: "1",
  PIP_NO_INPUT: "1",
  COMPOSER_NO_INTERACTION: "1",
  // Vim whose input is empty takes stderr for its terminal and waits for it for ever. What is given with `-c` runs
  // before this, and keys that come through a pipe are no empty input, so it still works as a filter.
  VIMINIT:
    'autocmd VimEnter * if index([resolve("/dev/stderr"), "/dev/null"], resolve("/dev/stdin")) >= 0 | cquit | endif',
};
