# SPDX-License-Identifier: Apache-2.0
# `./dev check`: what a change must pass beyond the tests, each step with its share of the hour.

caf_free_folders=(coordination topology gpu store net)

# step NAME BUDGET FUNCTION: runs it, records the minutes; a failure is remembered and the next step still runs.
step() {
  local name=$1 budget=$2 started=$SECONDS status
  say "$name"
  set +e
  (set -e; "$3")
  status=$?
  set -e
  record_minutes "$name" "$budget" $((SECONDS - started)) $status
  if [ $status -ne 0 ]; then failed_steps+=("$name"); fi
}

verb_check() {
  ensure_packages build check
  failed_steps=()
  if [ $# -eq 0 ]; then set -- sanitizers style package smoke fuzz; fi
  local name
  for name in "$@"; do
    case $name in
      sanitizers) step "sanitizers" 15 check_sanitizers ;;
      style) step "format and tidy" 6 check_style ;;
      package) step "package and consumer" 4 check_package ;;
      smoke) step "system smoke" 8 check_smoke ;;
      fuzz) step "fuzz" 2 check_fuzz ;;
      *) echo "dev: no check '$name' (sanitizers style package smoke fuzz)" >&2; exit 2 ;;
    esac
  done
  print_minutes
  [ ${#failed_steps[@]} -eq 0 ] || { echo "dev: failed: ${failed_steps[*]}" >&2; return 1; }
}

# ASan and UBSan on the tests that need no CAF, TSan on actors and devices.
check_sanitizers() {
  draw_histories
  build asan caf_free_tests
  local folder
  for folder in "${caf_free_folders[@]}"; do
    [ -d "tests/$folder" ] || continue
    ctest --test-dir "build/asan/tests/$folder" -L 'unit|sim' --output-on-failure --no-tests=error -j "$(job_count)"
  done
  build tsan actor_tests device_tests
  export TSAN_OPTIONS="suppressions=$PWD/tools/tsan/suppressions.txt halt_on_error=1 second_deadlock_stack=1"
  ctest --test-dir build/tsan/tests/actors -L actor --output-on-failure --no-tests=error -j "$(job_count)"
  ctest --test-dir build/tsan/tests/gpu -L unit -E OnTheWall --output-on-failure --no-tests=error -j "$(job_count)"
}

# Files changed since the merge base with origin/main; on main itself a fifth of all, turning with the commit.
files_to_check() {
  local base head
  head=$(git rev-parse HEAD)
  base=$(git merge-base HEAD origin/main 2>/dev/null || echo "$head")
  if [ -n "$(git diff --name-only "$base" -- '*.cpp' '*.hpp')" ]; then
    git diff --name-only --diff-filter=d "$base" -- '*.cpp' '*.hpp'
  else
    turn_of $((0x${head:0:6} % 5))
  fi
}

# The files whose turn it is: every fifth, from the one numbered $1.
turn_of() {
  git ls-files -- '*.cpp' '*.hpp' | awk -v turn="$1" 'NR % 5 == turn'
}

check_style() {
  local files sources
  files=$(files_to_check)
  xargs -r clang-format --dry-run --Werror <<<"$files"
  configure tidy
  # Not built here: the package test's own projects, and the benchmarks of peers that may not be installed.
  sources=$(grep '\.cpp$' <<<"$files" | grep -vE '^tests/(package|bench/peers)/' || true)
  [ -n "$sources" ] || return 0
  xargs -r -n 1 -P "$(job_count)" clang-tidy --quiet -p build/tidy <<<"$sources" 2> >(grep -v 'warnings generated' >&2)
}

check_package() {
  build dev
  ctest --preset dev -L package
}

# The whole example as a user starts it, without a terminal.
check_smoke() {
  build dev dunlin flight
  build/dev/cli/dunlin version
  build/dev/examples/flight/flight </dev/null
}

# The libFuzzer targets share FUZZ_SECONDS (two minutes less what their build took).
check_fuzz() {
  local started=$SECONDS programs program each
  build fuzz
  mapfile -t programs < <(find build/fuzz/tests/fuzz -name 'fuzz_*' -type f -executable)
  [ ${#programs[@]} -gt 0 ] || { echo "dev: no fuzz targets" >&2; return 1; }
  each=$(((${FUZZ_SECONDS:-$((110 - SECONDS + started))}) / ${#programs[@]}))
  for program in "${programs[@]}"; do fuzz "$program" $((each > 10 ? each : 10)); done
}

# fuzz PROGRAM SECONDS: starts from the seeds beside the source, keeps what it finds in the build folder.
fuzz() {
  local name found seeds
  name=$(basename "$1" | sed 's/^fuzz_//')
  found=build/fuzz/corpus/$name
  seeds=tests/fuzz/corpus/$name
  mkdir -p "$found"
  [ -d "$seeds" ] || seeds=
  say "fuzzing $name for $2 s"
  "$1" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="$found-" "$found" ${seeds:+"$seeds"}
}
