#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# readme_test.sh ROOT DUNLIN: fails where the README shows another agent than `dunlin agent new words` writes, or where a
# document links to a file that is not there.
set -eu
root=$1
dunlin=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

(cd "$work" && "$dunlin" agent new words >/dev/null)
awk '/^```cpp$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$root/README.md" | diff -u - "$work/words/main.cpp"
[ "$(wc -l <"$work/words/main.cpp")" -le 40 ] || { echo "the sample agent has more than 40 lines"; exit 1; }

cd "$root"
git ls-files '*.md' | while read -r document; do
  grep -o '](\([^)#]*\)' "$document" | cut -c3- | grep -v '^[a-z]*:' | sort -u | while read -r link; do
    [ -n "$link" ] || continue
    [ -e "$(dirname "$document")/$link" ] || { echo "$document links to $link, which is not there"; exit 1; }
  done
done
