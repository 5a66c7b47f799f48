# Makes the commit that a revert restores: the files of an earlier checkpoint, or the newest with some paths as they were
# in the earlier one. Nothing in the workspace is touched. Run by bash with GIT_DIR set.
#
# Arguments: the newest checkpoint, the earlier one, the message. Input: the paths, each with NUL; none: all.
# Exits with 44 if a commit is gone. Prints `tree HASH` and `commit HASH`; or `no-path` if neither checkpoint has any of the paths.
set -euo pipefail
newest=$1 earlier=$2 message=$3
mapfile -d '' -t paths
for commit in "$newest" "$earlier"; do
  git cat-file -e "$commit^{commit}" 2>/dev/null || exit 44
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if ((${#paths[@]} == 0)); then
  tree=$(git rev-parse "$earlier^{tree}")
else
  export GIT_INDEX_FILE=$scratch/index
  git read-tree "$newest"
  git --literal-pathspecs ls-files -z -- "${paths[@]}" >"$scratch/removed"
  git --literal-pathspecs ls-tree -r -z --full-tree "$earlier" -- "${paths[@]}" >"$scratch/restored"
  if [ ! -s "$scratch/removed" ] && [ ! -s "$scratch/restored" ]; then
    echo no-path
    exit 0
  fi
  sed -z 's|^|0 0000000000000000000000000000000000000000\t|' <"$scratch/removed" | git update-index -z --index-info
  git update-index -z --index-info <"$scratch/restored"
  tree=$(git write-tree)
  unset GIT_INDEX_FILE
fi
echo "tree $tree"
echo "commit $(git commit-tree -p "$newest" -m "$message" "$tree")"
