/**
 * Run in the sandbox, without network, in a workspace whose files may be anybody's: `tar` and `find` follow no links.
 * What is kept are the untracked and ignored files that a setup made in a fresh clone.
 */

/**
 * Argument: an empty directory to write to. Exit code 3: nothing is kept, because tracked files were changed, which an
 * archive of the others would not bring back. Paths of the workspace that programs wrote into their files (scripts of a
 * virtual environment) are noted, to be rewritten in another workspace.
 */
export const SAVE_SCRIPT = `
set -euo pipefail
out=$1
git diff --quiet HEAD -- || exit 3
git ls-files -z --others --directory > "$out/names"
tar --create --file "$out/files.tar" --null --verbatim-files-from --files-from "$out/names"
: > "$out/mentions"
while IFS= read -r -d '' name; do
  grep -rlZIF -- "$PWD" "./$name" >> "$out/mentions" || [ $? = 1 ]
done < "$out/names"
: > "$out/links"
own=$(printf %s "$PWD" | sed 's/[][\\\\*?]/\\\\&/g')
while IFS= read -r -d '' name; do
  find "./$name" -type l -lname "$own/*" -print0 >> "$out/links"
done < "$out/names"
printf %s "$PWD" > "$out/workspace"
`;

/** Arguments: the directory of a kept setup, and the options for files that are there. */
export const RESTORE_SCRIPT = `
set -euo pipefail
kept=$1
shift
tar --extract --file "$kept/files.tar" --no-same-owner "$@"
before=$(cat "$kept/workspace")
# Where the data directory was moved since, or is called oddly, they are more than two ids.
pattern=$(printf %s "$before" | sed 's/[][\\\\.*^$|]/\\\\&/g')
replacement=$(printf %s "$PWD" | sed 's/[\\\\&|]/\\\\&/g')
while IFS= read -r -d '' name; do
  if [ -f "$name" ] && [ ! -L "$name" ]; then sed -i "s|$pattern|$replacement|g" "$name"; fi
done < "$kept/mentions"
while IFS= read -r -d '' name; do
  if [ -L "$name" ]; then
    target=$(readlink "$name")
    ln -sfn "$PWD\${target#"$before"}" "$name"
  fi
done < "$kept/links"
`;

/**
 * Takes back what a setup that did not succeed has left in a clone in which nobody has worked yet; locks, too, that a git has
 * left which was killed with the server, perhaps in here. Directories that are closed to their owner, as those of Go's module
 * cache are to writing, git could not empty.
 */
export const CLEAN_SCRIPT = `
set -euo pipefail
find . -type d ! -perm -u+rx -exec chmod u+rwx {} \\;
find . -type d ! -perm -u+w -exec chmod u+w {} +
for name in index HEAD "$(git symbolic-ref -q HEAD || true)"; do
  [ -z "$name" ] || rm -f -- "$(git rev-parse --git-path "$name").lock"
done
git reset -q --hard
git clean -qffdx
`;
