#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# mutants_test.sh ROOT: fails where a mutant of tests/mutants does not apply any more, says nothing of what it breaks, or
# where there are fewer than ten.
set -euo pipefail
cd "$1"
# shellcheck disable=SC2046
unset $(git rev-parse --local-env-vars) # a hook's GIT_DIR would point elsewhere
count=0
for patch in tests/mutants/*.patch; do
  git apply --check "$patch" || { echo "$patch does not apply: the code has moved, write it anew"; exit 1; }
  head -n 1 "$patch" | grep -q '^[A-Z].*\.$' || { echo "$patch does not begin with a sentence about what it breaks"; exit 1; }
  count=$((count + 1))
done
[ $count -ge 10 ] || { echo "only $count mutants"; exit 1; }
