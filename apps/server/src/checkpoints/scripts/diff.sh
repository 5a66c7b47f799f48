# Prints the difference between two commits as `git diff` does. Run by bash with GIT_DIR set.
#
# Arguments: both commits; the most bytes. Input: paths, each with NUL; none: all. Exits with 44 if a commit is gone, 124 after too long.
set -uo pipefail
from=$1 to=$2 max_bytes=$3
mapfile -d '' -t paths
for commit in "$from" "$to"; do
  git cat-file -e "$commit^{commit}" 2>/dev/null || exit 44
done
timeout 30 git --literal-pathspecs diff --no-color --no-ext-diff --no-textconv -M -l1000 --src-prefix=a/ --dst-prefix=b/ \
  "$from" "$to" -- "${paths[@]}" | head -c $((max_bytes + 1))
status=${PIPESTATUS[0]}
# Ended by `head`, which has enough.
((status == 141)) && exit 0
exit "$status"
