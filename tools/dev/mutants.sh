# SPDX-License-Identifier: Apache-2.0
# `./dev mutants [NAME..]`: breaks the sharing decisions in one place at a time, as tests/mutants/*.patch say, and demands
# that a test notices. Works on a copy in build/mutants; the working tree stays as it is.

# The quickest first: the first that fails ends a mutant.
mutant_tests=(sharing turn_ring fair_pool collaborative exclusive sharing_model share_sim exclusive_properties arbiter_properties)
mutants_folder=build/mutants

verb_mutants() {
  ensure_packages build
  local names=("$@") name failed=0 started=$SECONDS
  if [ $# -eq 0 ]; then mapfile -t names < <(find tests/mutants -name '*.patch' -printf '%f\n' | sed 's/\.patch$//' | sort); fi
  [ ${#names[@]} -gt 0 ] || { echo "dev: no mutants" >&2; return 1; }
  copy_for_mutants
  build_mutant || { echo "dev: the unchanged sources do not build" >&2; return 1; }
  first_failure >/dev/null && { echo "dev: a test fails without a mutant" >&2; return 1; }
  printf '%-40s %-70s %s\n' mutant 'caught by' seconds
  for name in "${names[@]}"; do try_mutant "$name" || failed=$((failed + 1)); done
  echo "${#names[@]} mutants, $failed not caught, $((SECONDS - started)) s"
  [ $failed -eq 0 ]
}

# Brings the copy to what the working tree is now; what has not changed keeps its time and is not built again.
copy_for_mutants() {
  local source=$mutants_folder/source
  mkdir -p "$source"
  git ls-files --cached --others --exclude-standard >"$mutants_folder/files"
  while read -r file; do
    [ -f "$file" ] || continue
    cmp -s "$file" "$source/$file" || install -D -p "$file" "$source/$file"
  done <"$mutants_folder/files"
  if [ ! -f "$mutants_folder/build/build.ninja" ]; then
    (cd "$source" && cmake --preset dev -B ../build >../configure.log 2>&1) || { cat "$mutants_folder/configure.log" >&2; return 1; }
  fi
}

build_mutant() {
  cmake --build "$mutants_folder/build" -j "$(job_count)" --target "${mutant_tests[@]/#/test_}" >"$mutants_folder/build.log" 2>&1
}

# Prints the first test that fails; false if all pass.
first_failure() {
  local name program log=$mutants_folder/test.log
  for name in "${mutant_tests[@]}"; do
    program=$(find "$mutants_folder/build/tests/coordination" -name "test_$name" -type f -executable)
    if ! GTEST_FAIL_FAST=1 timeout "${MUTANT_SECONDS:-120}" "$program" >"$log" 2>&1; then
      grep -m 1 -oP '^\[  FAILED  \] \K[A-Za-z0-9_.]+' "$log" || grep -oP '^\[ RUN      \] \K[A-Za-z0-9_.]+' "$log" | tail -n 1
      return 0
    fi
  done
  return 1
}

# try_mutant NAME: one line of the table; false if the mutant lives, or is none any more.
try_mutant() {
  local name=$1 patch started=$SECONDS by status=0
  patch=$PWD/tests/mutants/$1.patch
  if ! apply_mutant "$patch"; then
    by="NOT APPLIED: the code has moved, write it anew" status=1
  elif ! build_mutant; then
    by="NOT BUILT: see $mutants_folder/build.log" status=1
  elif ! by=$(first_failure); then
    by="NOBODY: $(head -n 1 "$patch")" status=1
  fi
  apply_mutant -R "$patch" 2>/dev/null || true
  printf '%-40s %-70s %7d\n' "$name" "$by" $((SECONDS - started))
  return $status
}

# Outside of any repository, as far as git can see.
apply_mutant() {
  GIT_CEILING_DIRECTORIES=$PWD/$mutants_folder git -C "$mutants_folder/source" apply "$@"
}
