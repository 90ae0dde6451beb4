# SPDX-License-Identifier: Apache-2.0
# `./dev bundle`: one tarball that runs on a machine with a GPU and none of our packages. The machine brings the C
# library, the driver, cuBLAS and NCCL; everything else is inside.

bundle_most_mb=60

verb_bundle() {
  ensure_packages build
  configure release
  # Not `grep -q`, which would leave before all targets are told.
  if ! cmake --build --preset release --target help | grep '^dunlin_cuda:' >/dev/null; then
    echo "dev: no CUDA module is built: there is no CUDA toolkit from 13.0 on here" >&2
    return 1
  fi
  build release dunlin dunlin_cuda gpu_tests device_tests
  local name="dunlin-gpu" root
  root=build/bundle/$name
  rm -rf build/bundle
  mkdir -p "$root/bin" "$root/lib"
  cp build/release/cli/dunlin "$root/bin"
  find build/release/tests/gpu -maxdepth 3 -type f -name 'test_*' -perm -u+x -exec cp -t "$root/bin" {} +
  cp build/release/gpu/libdunlin_cuda.so "$root/lib"
  copy_libraries "$root"
  cp tools/bundle/run "$root/run"
  git rev-parse HEAD >"$root/commit"
  strip --strip-unneeded "$root"/bin/* "$root"/lib/*
  tar -C build/bundle -czf "build/$name.tar.gz" "$name"
  check_bundle_size "build/$name.tar.gz"
}

# What the programs load, OpenBLAS, which they load by name, and what that needs, but for the C library's own: those have to fit the machine's kernel and each other.
copy_libraries() {
  local root=$1
  local blas
  blas=$(ldconfig -p | awk '/libopenblas\.so\.0 .*=>/ { print $NF; exit }')
  { ldd "$root"/bin/* "$root"/lib/* "$blas"; echo "libopenblas.so.0 => $blas"; } |
    awk '{ for (i = 1; i <= NF; ++i) if ($i == "=>" && $(i + 1) ~ /^\//) print $(i + 1) }' | sort -u |
    grep -vE '/(ld-linux.*|libc|libm|libdl|librt|libpthread|libresolv)\.so\.' | xargs cp -L -t "$root/lib"
}

check_bundle_size() {
  local mb=$(($(stat -c %s "$1") / 1000000))
  echo "$1: $mb MB; on a machine with a GPU: tar xzf dunlin-gpu.tar.gz && dunlin-gpu/run"
  [ $mb -lt $bundle_most_mb ] || { echo "dev: the bundle is over $bundle_most_mb MB" >&2; return 1; }
}
