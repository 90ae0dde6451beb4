# SPDX-License-Identifier: Apache-2.0
# `./dev chaos [ROUNDS] [SEEDS]`: agents and nodes that share a device are killed in a drawn order, ROUNDS (20) for each of
# SEEDS (3) seeds; a line for each. A seed that failed is played again by DUNLIN_CHAOS_SEED.

verb_chaos() {
  local rounds=${1:-20} seeds=${2:-3} seed failed=0 log
  ensure_packages build
  build "$preset" dunlin talking_program test_system_chaos
  for ((seed = ${DUNLIN_CHAOS_SEED:-1}; seeds > 0; ++seed, --seeds)); do
    log=build/chaos-$seed.log
    if DUNLIN_CHAOS=$rounds DUNLIN_CHAOS_SEED=$seed "build/$preset/tests/system/sharing/test_system_chaos" >"$log" 2>&1; then
      echo "seed $seed: $rounds rounds, nobody left behind"
    else
      echo "seed $seed: FAILED, see $log"
      failed=1
    fi
  done
  return $failed
}
