# Finds what a commit would publish otherwise than a checkpoint has it. Run by bash with GIT_DIR set, LC_ALL=C.
#
# Both come from the same files, unless somebody sees to it that they don't: git ignores and excludes, leaves files out of the
# workspace, takes a file for unchanged, and has filters. Of these, ends of lines and Git LFS are what people use: from the
# checkpoint's bytes follows what git makes of them.
#
# Arguments: the checkpoint; the most paths. Input: `MODE HASH PATH` of each path that the commit changes, each with NUL; zeros where
# it is gone. Prints the paths, each with NUL. Exits with 44 if the checkpoint is gone.
set -euo pipefail
export LC_ALL=C
checkpoint=$1 max_paths=$2
git cat-file -e "$checkpoint^{commit}" 2>/dev/null || exit 44
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Git's name of a file's bytes as a blob.
name_of() { { printf 'blob %d\0' "$(stat -c %s "$1")" && cat "$1"; } | "$sum" | cut -d ' ' -f 1; }

is_shown() {
  local mode=$1 hash=$2 path=$3 saved
  saved=$(git --literal-pathspecs ls-tree --full-tree "$checkpoint" -- "$path" | cut -f 1)
  if [ "$mode" = 000000 ]; then
    [[ $saved != *" blob "* ]]
    return
  fi
  [[ $saved == "$mode blob "* ]] || return 1
  git cat-file blob "${saved##* }" >"$scratch/file"
  if ((${#hash} == 40)); then sum=sha1sum; else sum=sha256sum; fi
  [ "$(name_of "$scratch/file")" != "$hash" ] || return 0
  sed 's/\r$//' "$scratch/file" >"$scratch/as-git"
  [ "$(name_of "$scratch/as-git")" != "$hash" ] || return 0
  printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n' \
    "$(sha256sum <"$scratch/file" | cut -d ' ' -f 1)" "$(stat -c %s "$scratch/file")" >"$scratch/as-git"
  [ "$(name_of "$scratch/as-git")" = "$hash" ]
}

sort -z >"$scratch/published"
git ls-tree -r -z --full-tree "$checkpoint" | sed -z 's/^\([0-9]*\) [a-z]* \([0-9a-f]*\)\t/\1 \2 /' | sort -z >"$scratch/saved"
comm -z -23 "$scratch/published" "$scratch/saved" >"$scratch/others"
count=0
while IFS= read -r -d '' entry; do
  mode=${entry%% *} entry=${entry#* }
  hash=${entry%% *} path=${entry#* }
  # Where there is no time to look, nothing is said for it.
  if ((SECONDS < 40)) && is_shown "$mode" "$hash" "$path"; then continue; fi
  printf '%s\0' "$path"
  ((++count < max_paths)) || break
done <"$scratch/others"
