// SPDX-License-Identifier: Apache-2.0
// Loaded code and launches.
#include <algorithm>
#include <bit>
#include <set>
#include <utility>

#include "tests/gpu/cuda/emulated_calls.hpp"

namespace dunlin::testing {

namespace {

/// A loaded kernel is its name.
CUresult load_code(CUlibrary* out, const void*, CUjit_option*, void**, unsigned int, CUlibraryOption*, void**,
                   unsigned int) {
  *out = std::bit_cast<CUlibrary>(std::uintptr_t{1});
  return call{"cuLibraryLoadData"}.answer;
}
CUresult unload_code(CUlibrary) { return CUDA_SUCCESS; }
CUresult find_kernel(CUkernel* out, CUlibrary, const char* name) {
  const call now{"cuLibraryGetKernel"};
  if (!now) return now.answer;
  if (!is_kernel(name)) return CUDA_ERROR_NOT_FOUND;
  static std::set<std::string> names;
  *out = reinterpret_cast<CUkernel>(const_cast<char*>(names.insert(name).first->c_str()));
  return now.answer;
}
CUresult set_kernel_attribute(CUfunction_attribute which, int value, CUkernel kernel, CUdevice) {
  const call now{"cuKernelSetAttribute"};
  if (now && which == CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES)
    now.it.shared_bytes[reinterpret_cast<const char*>(kernel)] = static_cast<unsigned int>(value);
  return now.answer;
}
CUresult launch(const CUlaunchConfig* shape, CUfunction which, void** arguments, void**) {
  const call now{"cuLaunchKernelEx"};
  if (!now) return now.answer;
  const std::string name = reinterpret_cast<const char*>(which);
  auto body = kernel_on_host(name, *shape, arguments);
  if (!body) return CUDA_ERROR_INVALID_HANDLE;
  if (shape->sharedMemBytes > std::max(48U << 10, now.it.shared_bytes[name])) return CUDA_ERROR_INVALID_VALUE;
  auto& on = of(shape->hStream);
  // As a real one is said to: the stream's context has to be the thread's.
  if (on.green != nullptr && current_of_thread != reinterpret_cast<CUcontext>(on.green))
    return CUDA_ERROR_INVALID_CONTEXT;
  const auto sms = on.green != nullptr ? on.green->sms : now.it.options.sms;
  now.it.enqueue(on, {[&it = now.it, name, sms, body = std::move(body)] {
                        {
                          const std::lock_guard lock{it.mutex()};
                          it.ran.emplace_back(name, sms);
                          it.fault = std::exchange(it.fault_of_next, CUDA_SUCCESS);
                          if (it.fault != CUDA_SUCCESS) return;
                        }
                        body();
                      },
                      {}});
  return now.answer;
}

}  // namespace

void add_code(cuda::driver_calls& out) {
  out.load_code = load_code;
  out.unload_code = unload_code;
  out.find_kernel = find_kernel;
  out.set_kernel_attribute = set_kernel_attribute;
  out.launch = launch;
}

}  // namespace dunlin::testing
