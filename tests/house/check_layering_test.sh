#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proves that check_layering.sh can fail: a small tree breaks each rule once, and beside each stands what is allowed.
set -eu
check=$(dirname "$0")/check_layering.sh
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/coordination/learning" "$root/gpu" "$root/net" "$root/actors" "$root/sim" "$root/tests" "$root/cli/bench"

cat >"$root/coordination/clock.cpp" <<'CPP'
#include <chrono>
#include <thread>
#include <tl/expected.hpp>
#include <caf/all.hpp>
#include "actors/node.hpp"
auto wrong() { return std::chrono::steady_clock::now(); }
CPP
printf '#include <Eigen/Dense>\n' >"$root/coordination/learning/ridge.cpp"
printf '#include <Eigen/Dense>\n' >"$root/coordination/learning/ridge.hpp"
printf '#include <boost/asio.hpp>\n#include "gpu/device.hpp"\n' >"$root/net/link.cpp"
printf '#include "coordination/types.hpp"\n#include "device.hpp"\n' >"$root/gpu/device.cpp"
printf '#include "net/link.hpp"\n#include <caf/all.hpp>\n' >"$root/actors/node.cpp"
printf '#include "actors/node.hpp"\n' >"$root/sim/cluster.cpp"
printf '#include "sim/cluster.hpp"\n' >"$root/tests/cluster_test.cpp"
printf '#include "gpu/device.hpp"\n' >"$root/cli/verb.cpp"
printf '#include "gpu/device.hpp"\n' >"$root/cli/bench/pool.cpp"

cat >"$root/expected" <<'TEXT'
cli/verb.cpp:1
coordination/clock.cpp:2
coordination/clock.cpp:4
coordination/clock.cpp:4
coordination/clock.cpp:5
coordination/clock.cpp:6
coordination/learning/ridge.hpp:1
gpu/device.cpp:2
net/link.cpp:2
sim/cluster.cpp:1
TEXT
if "$check" "$root" >"$root/said"; then
  echo "the check passed a tree that breaks every rule"
  exit 1
fi
cut -d: -f1,2 "$root/said" | diff -u "$root/expected" -

rm -r "$root/cli/verb.cpp" "$root/coordination/clock.cpp" "$root/coordination/learning/ridge.hpp" "$root/net" "$root/gpu" "$root/sim"
"$check" "$root"
