# Gives the workspace the files of a commit. The index has what the workspace had before, or, where this was cut off, part
# of it: doing it again is always right. Run by bash in the workspace, with GIT_DIR and GIT_WORK_TREE set.
#
# Arguments: the commit; what was saved last before, or nothing where an earlier run was cut off.
# Prints `done`, or `in-the-way` and then paths with NUL whose content is in no checkpoint and would be lost.
set -euo pipefail
commit=$1 saved=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
rm -f "$GIT_DIR/index.lock" "$GIT_DIR/HEAD.lock" "$GIT_DIR/refs/heads/checkpoints.lock"

# An index that cannot be read is made anew from what was saved last.
git ls-files -s -- . >/dev/null 2>&1 || {
  rm -f "$GIT_DIR/index"
  git read-tree HEAD
}

# Ignored, too large or unreadable files where the commit has a file that the last checkpoint had not.
in_the_way() {
  local path parent
  while IFS= read -r -d '' path; do
    if [ -d "$path" ] && [ ! -L "$path" ]; then
      [ -z "$(git --literal-pathspecs ls-files --others -- "$path" | head -c 1)" ] || printf '%s\0' "$path"
    elif [ -f "$path" ] || [ -L "$path" ]; then
      git --literal-pathspecs ls-files --error-unmatch -- "$path" >/dev/null 2>&1 || printf '%s\0' "$path"
    else
      parent=$path
      while [[ $parent == */* ]]; do
        parent=${parent%/*}
        if [ -e "$parent" ] || [ -L "$parent" ]; then break; fi
      done
      if [ "$parent" != "$path" ] && [ -f "$parent" ]; then
        git --literal-pathspecs ls-files --error-unmatch -- "$parent" >/dev/null 2>&1 || printf '%s\0' "$parent"
      fi
    fi
  done < <(git diff-tree -r -z --no-renames --diff-filter=A --name-only "$saved" "$commit")
}

if [ -n "$saved" ]; then
  in_the_way >"$scratch/paths"
  if [ -s "$scratch/paths" ]; then
    echo in-the-way
    cat "$scratch/paths"
    exit 0
  fi
fi

restore() { git read-tree --reset -u "$commit" && git update-index -q --refresh && git diff-files --quiet; }
if ! restore 2>/dev/null; then
  # Directories that are closed to their owner.
  find . -type d ! -perm -u+rwx -exec chmod u+rwx {} \;
  restore
fi
git update-ref refs/heads/checkpoints "$commit"
echo done
