# SPDX-License-Identifier: Apache-2.0
# `./dev nightly [STEP..]`: what does not fit the hour. Its figures, with the commit, go to docs/nightly.md.

verb_nightly() {
  ensure_packages build check bench
  failed_steps=()
  rm -f build/minutes.tsv
  if [ $# -eq 0 ]; then set -- release asan tsan tidy fuzz model mutants flight bench; fi
  local name
  for name in "$@"; do
    case $name in
      release) step "all tests, release" 30 nightly_release ;;
      asan) step "unit, sim: asan+ubsan" 60 nightly_asan ;;
      tsan) step "actor, sim: tsan" 30 nightly_tsan ;;
      tidy) step "tidy, every file" 60 nightly_tidy ;;
      fuzz) step "fuzz" 60 nightly_fuzz ;;
      model) step "sharing model, deep" 15 nightly_model ;;
      mutants) step "mutants of sharing" 20 verb_mutants ;;
      flight) step "flight, ten times" 30 nightly_flight ;;
      bench) step "benchmarks" 60 nightly_bench ;;
      *) echo "dev: no nightly step '$name' (release asan tsan tidy fuzz model mutants flight bench)" >&2; exit 2 ;;
    esac
  done
  write_nightly >docs/nightly.md
  print_minutes
  [ ${#failed_steps[@]} -eq 0 ]
}

nightly_release() {
  build release
  RC_PARAMS="max_success=2000" ctest --preset release
}

nightly_asan() {
  build asan
  ctest --preset asan
}

nightly_tsan() {
  build tsan actor_tests sim_tests
  ctest --preset tsan
}

nightly_tidy() {
  configure tidy
  git ls-files -- '*.cpp' | grep -v '^tests/package/' | xargs -n 1 -P "$(job_count)" clang-tidy --quiet -p build/tidy
}

nightly_fuzz() { FUZZ_SECONDS=${FUZZ_SECONDS:-3000} check_fuzz; }

# Takes 1 GB at most; what it has counted stands in the log.
nightly_model() {
  build release test_sharing_model
  DUNLIN_MODEL=deep build/release/tests/coordination/sharing/model/test_sharing_model
}

nightly_flight() {
  build dev dunlin flight
  local turn
  for turn in 1 2 3 4 5 6 7 8 9 10; do
    say "flight $turn of 10"
    build/dev/examples/flight/flight </dev/null
  done
}

nightly_bench() {
  build release dunlin bench_peers
  local name
  for name in dispatch remote store; do
    build/release/cli/dunlin bench "$name" --output json >"build/bench-$name.json"
  done
}

write_nightly() {
  echo "# Nightly figures"
  echo
  echo "Written by \`./dev nightly\` at commit $(git rev-parse --short=12 HEAD) on $(nproc) cores, $(date -u +%F)."
  echo
  echo '```'
  print_minutes
  echo '```'
  local name
  for name in dispatch remote store; do
    [ -s "build/bench-$name.json" ] || continue
    printf '\n`dunlin bench %s`:\n\n```json\n' "$name"
    cat "build/bench-$name.json"
    echo '```'
  done
}
