#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# agent_project.sh CMAKE GENERATOR COMPILER PREFIX WORK: what `dunlin agent new` writes builds against the installed
# package alone, and its swarm answers. Follows the README.md that stands in the project.
set -eu
cmake=$1 generator=$2 compiler=$3 prefix=$4 work=$5
rm -rf "$work"
mkdir -p "$work"
cd "$work"

"$prefix/bin/dunlin" agent new words
"$cmake" -S words -B words/build -G "$generator" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror" >/dev/null
"$cmake" --build words/build

words() { words/build/words --state-dir "$work/state" "$@"; }

# A swarm of the program, whose agents run with the isolation $1.
answer() {
  : >up.out  # or the words of the swarm before this one would be read
  words up -n 2 --http-port 0 --isolation "$1" >up.out 2>&1 &
  up=$!
  trap 'kill -9 "$up" 2>/dev/null || true' EXIT
  waited=0
  until grep -q 'the swarm is ready' up.out; do
    kill -0 "$up" 2>/dev/null && [ "$waited" -lt 300 ] || { cat up.out; exit 1; }
    waited=$((waited + 1))
    sleep 0.1
  done
  words agent list | grep "^words .* $1"
  words submit --kind words --payload "to be or not to be" --name "in-$1" --wait
  words task info "in-$1" | tee info.out
  grep -q '^result: 6$' info.out
  words down
  wait "$up"
  trap - EXIT
}

answer thread
answer process
