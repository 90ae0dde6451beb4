// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/cublas_library.hpp"

#include <dlfcn.h>

#include <string>

namespace dunlin::cuda {

namespace {

#define DUNLIN_CUBLAS_FILE(major) "libcublas.so." #major
#define DUNLIN_CUBLAS_OF(major) DUNLIN_CUBLAS_FILE(major)
/// That of the headers: another one has other numbers in its enumerations.
constexpr const char* file = DUNLIN_CUBLAS_OF(CUBLAS_VER_MAJOR);

template <class Function>
bool find(void* library, const char* name, Function& out) {
  out = reinterpret_cast<Function>(dlsym(library, name));
  return out != nullptr;
}

result<cublas_calls> find_cublas() {
  // Never closed: it keeps state of its own until the process ends.
  void* library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    return fail(errc::not_supported, std::string{"no matrix products on the GPU: "} + file + " was not found",
                "install cuBLAS, or add its folder to LD_LIBRARY_PATH");
  cublas_calls out;
  const bool has_all = find(library, "cublasCreate_v2", out.create) && find(library, "cublasDestroy_v2", out.destroy) &&
                       find(library, "cublasSetStream_v2", out.set_stream) &&
                       find(library, "cublasSetWorkspace_v2", out.set_workspace) &&
                       find(library, "cublasGemmEx", out.gemm) &&
                       find(library, "cublasGetStatusString", out.status_text);
  if (!has_all) return fail(errc::not_supported, std::string{file} + " lacks calls that matrix products need");
  return out;
}

errc code_of(cublasStatus_t code) noexcept {
  switch (code) {
    case CUBLAS_STATUS_ALLOC_FAILED:
      return errc::quota_exceeded;
    case CUBLAS_STATUS_EXECUTION_FAILED:
      return errc::device_lost;
    case CUBLAS_STATUS_NOT_SUPPORTED:
    case CUBLAS_STATUS_ARCH_MISMATCH:
      return errc::not_supported;
    default:
      return errc::io_failed;
  }
}

}  // namespace

result<const cublas_calls*> load_cublas() {
  static const auto cublas = find_cublas();
  if (!cublas) return fail(error{cublas.error()});
  return &*cublas;
}

result<void> check(const cublas_calls& cublas, cublasStatus_t code, const char* call) {
  if (code == CUBLAS_STATUS_SUCCESS) return {};
  return fail(code_of(code), std::string{call} + ": " + cublas.status_text(code));
}

}  // namespace dunlin::cuda
