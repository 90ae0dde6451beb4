# SPDX-License-Identifier: Apache-2.0
# Packages, configuring and building: each does nothing when there is nothing to do.

say() { printf '\033[1m%s\033[0m\n' "dev: $*" >&2; }

# Prints the packages of one group ([build], [check]) of packages.txt.
packages_of() {
  sed -n "/^# \[$1\]/,/^# \[/p" packages.txt | grep -v '^#'
}

# Installs what is missing of the groups named.
ensure_packages() {
  local group wanted=() missing=() have
  for group in "$@"; do mapfile -t -O ${#wanted[@]} wanted < <(packages_of "$group"); done
  have=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^ii *//p') || true
  mapfile -t missing < <(comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) <(sort -u <<<"$have"))
  [ ${#missing[@]} -gt 0 ] || return 0
  install_packages "${missing[@]}"
}

install_packages() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "dev: install these as root first: $*" >&2; exit 1; }
    as_root=(sudo)
  fi
  say "installing $# packages"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@" </dev/null >/dev/null
  # What was configured without them looks for them again.
  if [ -d build ]; then find build -maxdepth 2 -name build.ninja -exec touch -d @0 {} +; fi
}

# Parallel jobs: one a core, but each with 1 GiB, which is what the heaviest source file takes.
job_count() {
  local cores memory_gib
  cores=$(nproc)
  memory_gib=$(awk '/MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)
  echo $((memory_gib < 1 ? 1 : memory_gib < cores ? memory_gib : cores))
}

# Configures a preset unless its build files exist and are newer than the presets; ninja sees to the rest.
configure() {
  local preset=$1 folder=build/$1
  # Nobody builds tidy, so only this brings its commands up to date.
  if [ "$preset" != tidy ] && [ -f "$folder/build.ninja" ] && [ "$folder/build.ninja" -nt CMakePresets.json ]; then return 0; fi
  say "configuring $preset"
  mkdir -p "$folder"
  cmake --preset "$preset" >"$folder/configure.log" 2>&1 || { cat "$folder/configure.log" >&2; return 1; }
  touch "$folder/build.ninja"
}

# build PRESET [TARGET…]
build() {
  local preset=$1
  shift
  configure "$preset"
  cmake --build --preset "$preset" -j "$(job_count)" ${1:+--target "$@"}
}

# Random histories are others at each commit and the same whenever one is tested again: what failed fails again.
# `./dev nightly` draws new ones.
draw_histories() {
  local head
  head=$(git rev-parse --short=8 HEAD 2>/dev/null || echo 1)
  export RC_PARAMS=${RC_PARAMS:-seed=$((0x$head))}
}

all_sources() {
  git ls-files --cached --others --exclude-standard -- '*.cpp' '*.hpp' '*.cu' '*.cuh'
}

# record_minutes STEP BUDGET SECONDS STATUS: one line of the table that the end of `./dev check` prints.
record_minutes() {
  mkdir -p build
  local result=passed
  if [ "$4" -ne 0 ]; then result=FAILED; fi
  printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$result" >>build/minutes.tsv
  say "$1: $result, $(minutes "$3") of $2 minutes"
}

minutes() { awk -v s="$1" 'BEGIN {printf "%.1f", s / 60}'; }

print_minutes() {
  awk -F'\t' '
    { row[$1] = sprintf("%-22s %8.1f %8d  %s", $1, $3 / 60, $2, $4); used[$1] = $3; budget[$1] = $2
      if (!($1 in seen)) { seen[$1] = 1; order[++n] = $1 } }
    END { printf "%-22s %8s %8s  %s\n", "step", "minutes", "budget", "result"
          for (i = 1; i <= n; i++) { print row[order[i]]; total += used[order[i]]; all += budget[order[i]] }
          printf "%-22s %8.1f %8d\n", "sum", total / 60, all }' build/minutes.tsv
}
