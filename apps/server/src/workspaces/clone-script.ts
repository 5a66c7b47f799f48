import { HOME_CACHES } from "./home-caches.ts";

/**
 * Makes the current, empty directory into a clone: arguments are mirror, commit, branch, origin, and the user's name and
 * email. Objects are borrowed as by `git clone --shared`, which does not do so from a shallow repository, and takes three
 * processes more. Two more arguments name a session's private repository, and the base that its commit goes on from: the
 * clone then gets what lies in between from there. Prints a word for each thing that is not all there (`shallow`, `submodules`,
 * `lfs`), and `files` with their number.
 *
 * The directory may also be a spare: what this script makes without a branch. Git then writes only the files that differ.
 */
export const CLONE_SCRIPT = `
set -euo pipefail
mirror=$1 commit=$2 branch=$3 origin=$4 name=$5 email=$6 archive=\${7-} base=\${8-}
source=(git --git-dir="$mirror")

git init -q --template= --object-format="$("\${source[@]}" rev-parse --show-object-format)" .
git symbolic-ref HEAD "refs/heads/\${branch:-spare}"
rm -rf .git/logs .git/shallow .git/refs/remotes/origin/HEAD
mkdir -p .git/info .git/objects/info
printf '%s\\n' "$mirror/objects" > .git/objects/info/alternates
printf '%s\\n' ${HOME_CACHES.join(" ")} > .git/info/exclude
if [ -f "$mirror/shallow" ]; then
  cp "$mirror/shallow" .git/shallow
  echo shallow
fi
{
  echo '# pack-refs with: sorted '
  "\${source[@]}" for-each-ref --format='%(objectname) refs/remotes/origin/%(refname:lstrip=2)' refs/heads/
  "\${source[@]}" for-each-ref --format='%(objectname) %(refname)' refs/tags/
} > .git/packed-refs
if head=$("\${source[@]}" symbolic-ref -q HEAD) && git show-ref -q --verify "refs/remotes/origin/\${head#refs/heads/}"; then
  git symbolic-ref refs/remotes/origin/HEAD "refs/remotes/origin/\${head#refs/heads/}"
fi
git config remote.origin.url "$origin"
git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'
git config user.name "$name"
git config user.email "$email"
git config gc.auto 0
if [ -n "$archive" ] && ! git cat-file -e "$commit" 2>/dev/null; then
  printf '%s\\n^%s\\n' "$commit" "$base" |
    git --git-dir="$archive" pack-objects --quiet --revs --stdout | git index-pack --stdin >/dev/null
fi
if [ -n "$branch" ]; then
  git update-ref -m 'trunkline: start' "refs/heads/$branch" "$commit"
  git reset -q --hard
else
  git read-tree --reset -u "$commit"
fi

echo "files $(git ls-files | wc -l)"
if git cat-file -e "$commit:.gitmodules" 2>/dev/null; then echo submodules; fi
if git grep -q --cached -e 'filter=lfs' -- ':(glob)**/.gitattributes'; then echo lfs; fi
`;
