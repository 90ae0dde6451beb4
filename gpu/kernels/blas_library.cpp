// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/blas_library.hpp"

#include <dlfcn.h>

namespace dunlin {

namespace {

constexpr const char* library = "libopenblas.so.0";

result<blas_functions> open_library() {
  void* handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* why = dlerror();
    return fail(errc::not_supported, std::string{"OpenBLAS does not load: "} + (why != nullptr ? why : library),
                "install libopenblas0");
  }
  blas_functions out;
  out.sgemm = reinterpret_cast<decltype(out.sgemm)>(dlsym(handle, "cblas_sgemm"));
  out.set_num_threads = reinterpret_cast<decltype(out.set_num_threads)>(dlsym(handle, "openblas_set_num_threads"));
  if (out.sgemm == nullptr || out.set_num_threads == nullptr)
    return fail(errc::not_supported, std::string{library} + " is no OpenBLAS", "install libopenblas0");
  out.set_num_threads(1);
  return out;
}

}  // namespace

result<blas_functions> load_blas() {
  static const auto loaded = open_library();
  return loaded;
}

}  // namespace dunlin
