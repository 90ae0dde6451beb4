#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tests of the script ./dev: what it would install, what it checks, what it prints. Nothing is installed or built.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
# shellcheck disable=SC2046
unset $(git rev-parse --local-env-vars) # a hook's GIT_DIR would point the tests' repositories at ours
trap 'rm -rf "$work"' EXIT
# shellcheck source=/dev/null
for part in setup check; do source "$root/tools/dev/$part.sh"; done

expect() { # expect WHAT ACTUAL WANTED
  if [ "$2" != "$3" ]; then
    printf '%s: got\n%s\nwanted\n%s\n' "$1" "$2" "$3"
    exit 1
  fi
}

verbs_are_known() {
  local verb status=0
  for verb in run example test build bench format check chaos mutants nightly clean; do
    "$root/dev" help | grep -q "^  $verb " || { echo "help does not name $verb"; exit 1; }
  done
  "$root/dev" no-such-verb >/dev/null 2>&1 || status=$?
  expect "exit of an unknown verb" $status 2
  status=0
  "$root/dev" example no-such-example >/dev/null 2>&1 || status=$?
  expect "exit of an unknown example" $status 2
}

only_missing_packages_are_installed() {
  install_packages() { printf '%s\n' "$@" >"$work/asked"; }
  cd "$work"
  printf '# [build] first\nbash\nno-such-package-1\n# [check] second\nno-such-package-2\n' >packages.txt
  ensure_packages build
  expect "missing of one group" "$(cat asked)" no-such-package-1
  ensure_packages build check
  expect "missing of both" "$(cat asked)" $'no-such-package-1\nno-such-package-2'
  printf '# [build] first\nbash\n' >packages.txt && rm asked
  ensure_packages build
  [ ! -e asked ] || { echo "asked for packages with none missing"; exit 1; }
}

new_repository() {
  git init -q -b main "$1" && cd "$1"
  git config user.email test@example.org && git config user.name test
  for file in a b c d e f g; do echo "int $file;" >$file.cpp; done
  git add . && git commit -qm start
}

five_turns_see_every_file() {
  new_repository "$work/turns"
  local turn seen=
  for turn in 0 1 2 3 4; do seen+=$(turn_of "$turn")$'\n'; done
  expect "files of five turns" "$(sort <<<"$seen" | sed '/^$/d')" "$(git ls-files)"
}

a_branch_checks_what_it_changed() {
  new_repository "$work/branch"
  git update-ref refs/remotes/origin/main HEAD
  git checkout -qb topic
  echo "int b2;" >>b.cpp && git rm -q c.cpp && git commit -qam change
  expect "changed files" "$(files_to_check)" b.cpp
}

minutes_are_summed() {
  cd "$work"
  record_minutes one 25 90 0 2>/dev/null
  record_minutes two 5 30 1 2>/dev/null
  expect "the table's last line" "$(print_minutes | tail -1 | tr -s ' ')" "sum 2.0 30"
  print_minutes | grep -q 'two .*FAILED' || { echo "a failed step is not shown"; exit 1; }
}

for behaviour in verbs_are_known only_missing_packages_are_installed five_turns_see_every_file \
  a_branch_checks_what_it_changed minutes_are_summed; do
  ("$behaviour")
  echo "$behaviour: passed"
done
