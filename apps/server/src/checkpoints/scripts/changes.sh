# Lists what differs between two commits: raw records, and counts of lines if they are not too many. Run by bash with
# GIT_DIR set.
#
# Arguments: both commits; the most files. Exits with 44 if a commit is gone.
set -euo pipefail
from=$1 to=$2 max_files=$3
for commit in "$from" "$to"; do
  git cat-file -e "$commit^{commit}" 2>/dev/null || exit 44
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Two fields per file. `head` ends git early where there are many.
git diff-tree -r -z --no-renames --raw "$from" "$to" | head -z -n $((2 * max_files + 2)) >"$scratch/raw" || :
if (($(tr -dc '\0' <"$scratch/raw" | wc -c) <= 2 * max_files)) &&
  timeout 20 git diff-tree -r -z -M -l1000 --raw --numstat "$from" "$to" >"$scratch/counted"; then
  cat "$scratch/counted"
else
  cat "$scratch/raw"
fi
