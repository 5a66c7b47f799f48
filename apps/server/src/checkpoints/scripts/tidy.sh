# Keeps a private repository small: packs what is loose, and forgets the oldest checkpoints where it has grown too large.
# Run by bash with GIT_DIR set.
#
# Arguments: the most KiB.
set -euo pipefail
max_kib=$1
find "$GIT_DIR/objects" \( -name 'tmp_obj_*' -o -name 'tmp_pack_*' -o -name 'tmp_objdir-*' \) -mmin +60 -exec rm -rf {} +
if (($(find "$GIT_DIR/objects/pack" -name '*.pack' 2>/dev/null | wc -l) > 20)); then
  git repack -q -a -d -l
else
  git repack -q -d -l
fi
kib() { du -sk "$GIT_DIR/objects" | cut -f 1; }
count=$(git rev-list --count HEAD)
while (($(kib) > max_kib && count > 1)); do
  count=$(((count + 1) / 2))
  # The history ends there: what is before it is garbage.
  git rev-list HEAD | sed -n "${count}p" >"$GIT_DIR/shallow.new"
  mv "$GIT_DIR/shallow.new" "$GIT_DIR/shallow"
  git repack -q -a -d -l
  git prune --expire=now
done
