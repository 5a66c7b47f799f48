# Saves the files of a workspace as a commit of its private repository. Run by bash in the workspace, with GIT_DIR and
# GIT_WORK_TREE set, LC_ALL=C.
#
# `git status` finds what differs, with git's untracked cache and in threads, in half the time of `git add -A`; only
# those paths are then added. What `git add` cannot do is done on the way:
# - A repository inside the workspace would be recorded as a link to its HEAD, without its files. Once the index has an
#   entry below it, git treats it as an ordinary directory.
# - Files that are too large are left out, and ignored from then on until they have shrunk.
# - Pipes, sockets and unreadable files are left out.
#
# Arguments: the tree that need not be saved again, the message, the largest file and the most at once in bytes.
# Prints `tree HASH`, then `commit HASH` unless the tree is that one, an empty line, then the omitted paths, each with NUL.
set -euo pipefail
umask 077
known_tree=$1 message=$2 max_file=$3 max_total=$4
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Nobody else writes here, so what there is was left by a kill.
rm -f "$GIT_DIR/index.lock" "$GIT_DIR/HEAD.lock" "$GIT_DIR/refs/heads/checkpoints.lock"
oversize=$GIT_DIR/oversize
touch "$oversize"
no_blob=e69de29bb2d1d6434b8b29ae775ad8c2e48c5391
no_hash=0000000000000000000000000000000000000000

# Has git ignore the paths in $scratch/oversize from now on.
leave_out_oversize() {
  local path
  while IFS= read -r -d '' path; do
    # Such a name cannot be written as a pattern: it is found anew each time.
    [[ $path == *$'\n'* ]] || printf '/%s\n' "$(sed 's/[][*?\\ ]/\\&/g' <<<"$path")"
  done <"$scratch/oversize" >"$GIT_DIR/info/exclude.new"
  mv "$GIT_DIR/info/exclude.new" "$GIT_DIR/info/exclude"
  cp "$scratch/oversize" "$oversize.new"
  mv "$oversize.new" "$oversize"
}

# `SIZE PATH`, each with NUL. What is gone by now is left out.
sizes() { xargs -0 -r stat --printf '%s %n\0' -- 2>/dev/null || :; }

: >"$scratch/oversize"
while IFS= read -r -d '' entry; do
  if ((${entry%% *} > max_file)); then printf '%s\0' "${entry#* }"; fi
done < <(sizes <"$oversize") >"$scratch/oversize"
cmp -s "$oversize" "$scratch/oversize" || leave_out_oversize

status() {
  git -c status.showUntrackedFiles=all status --porcelain=v1 -z --no-renames --untracked-files=all >"$scratch/status"
}
status 2>/dev/null || {
  # An index that cannot be read is made anew from what was saved last.
  rm -f "$GIT_DIR/index"
  if git rev-parse -q --verify HEAD >/dev/null; then git read-tree HEAD; fi
  status
}
for _ in {1..32}; do
  sed -z -n 's|^?? \(.*/\)$|\1|p' <"$scratch/status" >"$scratch/repositories"
  [ -s "$scratch/repositories" ] || break
  sed -z "s|^|100644 $no_blob 0\t|; s|\$|.trunkline-repository|" <"$scratch/repositories" |
    git update-index -z --index-info
  # The cache still has what is below as one entry of its parent.
  git update-index --no-untracked-cache 2>/dev/null
  status
done

while IFS= read -r -d '' entry; do
  path=${entry:3}
  case ${entry:0:2} in
    ?D) printf '%s\0' "$path" >&4 ;;
    'D ') ;;
    *)
      if [ -L "$path" ] || { [ -f "$path" ] && [ -r "$path" ]; }; then printf '%s\0' "$path" >&5
      elif [ -f "$path" ]; then printf '%s\0' "$path" >&6
      elif [[ $path != */ ]]; then printf '%s\0' "$path" >&4
      fi
      ;;
  esac
done <"$scratch/status" 4>"$scratch/deleted" 5>"$scratch/present" 6>"$scratch/unreadable"

total=0 has_grown=
while IFS= read -r -d '' entry; do
  size=${entry%% *} path=${entry#* }
  if ((size > max_file)); then
    printf '%s\0' "$path" | tee -a "$scratch/oversize" >>"$scratch/deleted"
    has_grown=1
  else
    total=$((total + size))
    printf '%s\0' "$path" >&5
  fi
done < <(sizes <"$scratch/present") 5>"$scratch/added"
if ((total > max_total)); then
  echo "too-much $total"
  exit 0
fi
[ -z "$has_grown" ] || leave_out_oversize

if [ -s "$scratch/deleted" ]; then
  sed -z "s|^|0 $no_hash\t|" <"$scratch/deleted" | git update-index -z --index-info
fi
if [ -s "$scratch/added" ]; then
  git update-index -z --add --replace --remove --stdin <"$scratch/added"
fi

# A full disk may have taken the last commit; the history begins anew.
git cat-file -e HEAD 2>/dev/null || rm -f "$GIT_DIR/refs/heads/checkpoints"
head_tree=$(git rev-parse -q --verify 'HEAD^{tree}') || head_tree=
if [ -s "$scratch/status" ] || [ -z "$head_tree" ]; then tree=$(git write-tree); else tree=$head_tree; fi
echo "tree $tree"
if [ "$tree" != "$known_tree" ]; then
  if [ "$tree" != "$head_tree" ]; then
    parent=$(git rev-parse -q --verify HEAD) || parent=
    git update-ref refs/heads/checkpoints "$(git commit-tree ${parent:+-p "$parent"} -m "$message" "$tree")"
  fi
  echo "commit $(git rev-parse HEAD)"
fi
echo
cat "$scratch/oversize" "$scratch/unreadable"
