#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_layering.sh ROOT: fails, with file:line, where a source includes what its folder may not, or where
# coordination/ reads a clock or a random device. The order of the folders is the table at the top of the awk program.
set -eu
cd "$1"
find coordination topology gpu store net actors sim cli examples tests \
  \( -name '*.cpp' -o -name '*.hpp' -o -name '*.cu' -o -name '*.cuh' \) -print 2>/dev/null | LC_ALL=C sort |
  tr '\n' '\0' | xargs -0 -r awk '
BEGIN {
  may["coordination"] = "coordination"
  may["topology"] = "coordination topology"
  may["gpu"] = "coordination gpu"
  may["store"] = "coordination store"
  may["net"] = "coordination net"
  may["sim"] = "coordination topology sim"
  may["actors"] = "coordination topology gpu store net actors"
  may["cli"] = "coordination net actors sim cli"
  may["cli/bench"] = may["examples"] = may["tests"] = "coordination topology gpu store net actors sim cli examples tests"
  thread_headers = "^(thread|mutex|shared_mutex|condition_variable|future|stop_token|iostream)$"
}
function broken(why) { printf "%s:%d: %s\n", FILENAME, FNR, why; bad = 1 }
FNR == 1 { split(FILENAME, part, "/"); here = FILENAME ~ /^cli\/bench\// ? "cli/bench" : part[1] }
/^[ \t]*#[ \t]*include[ \t]*"/ {
  split($0, quoted, "\""); split(quoted[2], part, "/"); target = part[1]
  if (!(target in may)) broken("\"" quoted[2] "\" is not named from the repository root")
  else if (index(" " may[here] " ", " " target " ") == 0) broken(here "/ may not include " target "/")
}
/^[ \t]*#[ \t]*include[ \t]*</ {
  header = $0; sub(/^[^<]*</, "", header); sub(/>.*$/, "", header); check_system(header)
}
function check_system(header) {
  if (header ~ /^caf\// && here ~ /^(coordination|topology|gpu|store|net)$/) broken(here "/ may not include CAF")
  if (here != "coordination") return
  if (header ~ /^Eigen\// && FILENAME ~ /^coordination\/learning\/.*\.cpp$/) return
  if (header ~ thread_headers) broken("coordination/ decides without threads and streams: <" header ">")
  else if (header ~ /[\/.]/ && header != "tl/expected.hpp") broken("coordination/ needs std and tl::expected only: <" header ">")
}
here == "coordination" && /(_clock::now *\(|random_device)/ && $0 !~ /^[ \t]*\/\// {
  broken("coordination/ is given time and randomness, it does not fetch them")
}
END { exit bad }'
