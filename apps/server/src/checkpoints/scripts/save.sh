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
# Prints `tree HASH`, then `commit HASH` unless the tree is that one, an empty line, then omitted paths, the first of
# each kind, each with NUL.
set -euo pipefail
umask 077
known_tree=$1 message=$2 max_file=$3 max_total=$4
# Processes take most of the time where little changed, so nothing is started that has nothing to do.
# Nobody else writes here, so what there is was left by a kill.
scratch=$GIT_DIR/saving
[ -d "$scratch" ] || mkdir "$scratch"
for lock in "$GIT_DIR/index.lock" "$GIT_DIR/HEAD.lock" "$GIT_DIR/refs/heads/checkpoints.lock"; do
  [ ! -e "$lock" ] || rm -f "$lock"
done
oversize=$GIT_DIR/oversize
[ -e "$oversize" ] || : >"$oversize"
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
sizes() { [ ! -s "$1" ] || xargs -0 -r stat --printf '%s %n\0' -- <"$1" 2>/dev/null || :; }

: >"$scratch/oversize"
while IFS= read -r -d '' entry; do
  if ((${entry%% *} > max_file)); then printf '%s\0' "${entry#* }"; fi
done < <(sizes "$oversize") >"$scratch/oversize"
if [ -s "$oversize" ]; then cmp -s "$oversize" "$scratch/oversize" || leave_out_oversize; fi

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
  [ -s "$scratch/status" ] || break
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

# By way of a file: from a pipe, bash reads one byte at a time.
sizes "$scratch/present" >"$scratch/sizes"
total=0 count=0 has_grown=
while IFS= read -r -d '' entry; do
  size=${entry%% *} path=${entry#* }
  if ((size > max_file)); then
    printf '%s\0' "$path" | tee -a "$scratch/oversize" >>"$scratch/deleted"
    has_grown=1
  else
    total=$((total + size)) count=$((count + 1))
    printf '%s\0' "$path" >&5
  fi
done <"$scratch/sizes" 5>"$scratch/added"
if ((total > max_total)); then
  echo "too-much $total"
  exit 0
fi
[ -z "$has_grown" ] || leave_out_oversize

if [ -s "$scratch/deleted" ]; then
  sed -z "s|^|0 $no_hash\t|" <"$scratch/deleted" | git update-index -z --index-info
fi
if [ -s "$scratch/added" ]; then
  # Many at once go straight into a pack, as git has it for large files, instead of a file and a rename for each.
  bulk=()
  ((count < 500)) || bulk=(-c core.bigFileThreshold=1 -c core.compression=1)
  git "${bulk[@]}" update-index -z --add --replace --remove --stdin <"$scratch/added"
fi

# A full disk may have taken the last commit, or its tree; the history begins anew.
if saved=$(git rev-parse -q --verify 'HEAD^{tree}' 2>/dev/null); then head_tree=$saved; else
  head_tree=
  git cat-file -e HEAD 2>/dev/null || rm -f "$GIT_DIR/refs/heads/checkpoints"
fi
if [ -s "$scratch/status" ] || [ -z "$head_tree" ]; then tree=$(git write-tree); else tree=$head_tree; fi
echo "tree $tree"
if [ "$tree" != "$known_tree" ]; then
  commit=$(git rev-parse -q --verify HEAD) || commit=
  if [ "$tree" != "$head_tree" ]; then
    commit=$(git commit-tree ${commit:+-p "$commit"} -m "$message" "$tree")
    git update-ref refs/heads/checkpoints "$commit"
  fi
  echo "commit $commit"
fi
echo
for omitted in "$scratch/oversize" "$scratch/unreadable"; do
  [ ! -s "$omitted" ] || head -z -n 100 "$omitted"
done
