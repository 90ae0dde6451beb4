// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/driver.hpp"

#include <cuda_runtime_api.h>

#include <string>

namespace dunlin::cuda {

namespace {

/// What the runtime that is linked here asks for: with an older driver it finds nothing at all.
constexpr int oldest_driver = 13'000;
constexpr unsigned int calls_of_12 = 12'000;
constexpr unsigned int calls_of_12_5 = 12'050;
constexpr unsigned int calls_of_12_8 = 12'080;

std::string version_text(int version) {
  return std::to_string(version / 1'000) + "." + std::to_string(version % 1'000 / 10);
}

/// Looks calls up by name in the version that this module was compiled against.
class call_finder {
 public:
  template <class Function>
  void find(Function& out, const char* name, unsigned int version = calls_of_12) {
    out = reinterpret_cast<Function>(address_of(name, version));
    if (out == nullptr && missing_.empty()) missing_ = std::string{name} + ": " + why_;
  }
  template <class Function>
  void find_if_there(Function& out, const char* name, unsigned int version) {
    out = reinterpret_cast<Function>(address_of(name, version));
  }
  [[nodiscard]] const std::string& missing() const noexcept { return missing_; }

 private:
  void* address_of(const char* name, unsigned int version) {
    void* found = nullptr;
    cudaDriverEntryPointQueryResult state{};
    const auto asked = cudaGetDriverEntryPointByVersion(name, &found, version, cudaEnableDefault, &state);
    why_ = asked == cudaSuccess ? "the driver has no such call" : cudaGetErrorString(asked);
    return asked == cudaSuccess && state == cudaDriverEntryPointSuccess ? found : nullptr;
  }
  std::string missing_;
  std::string why_;  ///< of the last one
};

void find_contexts(call_finder& driver, driver_calls& out) {
  driver.find(out.init, "cuInit");
  driver.find(out.driver_version, "cuDriverGetVersion");
  driver.find(out.error_name, "cuGetErrorName");
  driver.find(out.error_text, "cuGetErrorString");
  driver.find(out.device_count, "cuDeviceGetCount");
  driver.find(out.device, "cuDeviceGet");
  driver.find(out.device_name, "cuDeviceGetName");
  driver.find(out.device_uuid, "cuDeviceGetUuid");
  driver.find(out.total_memory, "cuDeviceTotalMem");
  driver.find(out.attribute, "cuDeviceGetAttribute");
  driver.find(out.retain_primary, "cuDevicePrimaryCtxRetain");
  driver.find(out.release_primary, "cuDevicePrimaryCtxRelease");
  driver.find(out.set_current, "cuCtxSetCurrent");
  driver.find(out.current, "cuCtxGetCurrent");
  driver.find(out.synchronise_context, "cuCtxSynchronize");
  driver.find(out.priority_range, "cuCtxGetStreamPriorityRange");
}

void find_green_contexts(call_finder& driver, driver_calls& out) {
  driver.find_if_there(out.device_resource, "cuDeviceGetDevResource", calls_of_12_5);
  driver.find_if_there(out.split_sms, "cuDevSmResourceSplitByCount", calls_of_12_5);
  driver.find_if_there(out.describe_resources, "cuDevResourceGenerateDesc", calls_of_12_5);
  driver.find_if_there(out.destroy_green, "cuGreenCtxDestroy", calls_of_12_5);
  driver.find_if_there(out.create_green_stream, "cuGreenCtxStreamCreate", calls_of_12_5);
  driver.find_if_there(out.green_resource, "cuGreenCtxGetDevResource", calls_of_12_5);
  driver.find_if_there(out.context_of_green, "cuCtxFromGreenCtx", calls_of_12_5);
  driver.find_if_there(out.create_green, "cuGreenCtxCreate", calls_of_12_5);
}

void find_streams(call_finder& driver, driver_calls& out) {
  driver.find(out.create_stream, "cuStreamCreateWithPriority");
  driver.find(out.destroy_stream, "cuStreamDestroy");
  driver.find(out.synchronise_stream, "cuStreamSynchronize");
  driver.find(out.query_stream, "cuStreamQuery");
  driver.find(out.wait_for_event, "cuStreamWaitEvent");
  driver.find(out.wait_for_value, "cuStreamWaitValue32");
  driver.find(out.write_value, "cuStreamWriteValue32");
  driver.find(out.create_event, "cuEventCreate");
  driver.find(out.destroy_event, "cuEventDestroy");
  driver.find(out.record_event, "cuEventRecord");
  driver.find(out.query_event, "cuEventQuery");
  driver.find(out.synchronise_event, "cuEventSynchronize");
  driver.find(out.elapsed_time, "cuEventElapsedTime", calls_of_12_8);
}

void find_memory(call_finder& driver, driver_calls& out) {
  driver.find(out.granularity, "cuMemGetAllocationGranularity");
  driver.find(out.reserve_addresses, "cuMemAddressReserve");
  driver.find(out.free_addresses, "cuMemAddressFree");
  driver.find(out.create_memory, "cuMemCreate");
  driver.find(out.release_memory, "cuMemRelease");
  driver.find(out.map_memory, "cuMemMap");
  driver.find(out.unmap_memory, "cuMemUnmap");
  driver.find(out.set_access, "cuMemSetAccess");
  driver.find(out.allocate_pinned, "cuMemHostAlloc");
  driver.find(out.free_pinned, "cuMemFreeHost");
  driver.find(out.pin, "cuMemHostRegister");
  driver.find(out.unpin, "cuMemHostUnregister");
  driver.find(out.copy, "cuMemcpyAsync");
}

void find_code(call_finder& driver, driver_calls& out) {
  driver.find(out.load_code, "cuLibraryLoadData");
  driver.find(out.unload_code, "cuLibraryUnload");
  driver.find(out.find_kernel, "cuLibraryGetKernel");
  driver.find(out.set_kernel_attribute, "cuKernelSetAttribute");
  driver.find(out.launch, "cuLaunchKernelEx");
  driver.find(out.begin_capture, "cuStreamBeginCapture");
  driver.find(out.end_capture, "cuStreamEndCapture");
  // Under its plain name older ones have other arguments.
  driver.find(out.instantiate_graph, "cuGraphInstantiateWithFlags");
  driver.find(out.launch_graph, "cuGraphLaunch");
  driver.find(out.destroy_graph, "cuGraphDestroy");
  driver.find(out.destroy_graph_exec, "cuGraphExecDestroy");
}

result<driver_calls> find_driver() {
  int version = 0;
  if (cudaDriverGetVersion(&version) != cudaSuccess || version == 0)
    return fail(errc::not_found, "no NVIDIA driver: libcuda.so.1 is not on this machine");
  if (version < oldest_driver)
    return fail(
        errc::version_mismatch,
        "the NVIDIA driver is of CUDA " + version_text(version) + ", the module needs " + version_text(oldest_driver),
        "install a newer driver");
  driver_calls out;
  call_finder driver;
  find_contexts(driver, out);
  find_green_contexts(driver, out);
  find_streams(driver, out);
  find_memory(driver, out);
  find_code(driver, out);
  if (!driver.missing().empty())
    return fail(errc::version_mismatch, "the NVIDIA driver cannot be used: " + driver.missing());
  if (auto started = check(out, out.init(0), {"cuInit"}); !started) return fail(std::move(started.error()));
  return out;
}

bool is_fault(CUresult code) noexcept {
  switch (code) {
    case CUDA_ERROR_ECC_UNCORRECTABLE:
    case CUDA_ERROR_NVLINK_UNCORRECTABLE:
    case CUDA_ERROR_ILLEGAL_ADDRESS:
    case CUDA_ERROR_LAUNCH_TIMEOUT:
    case CUDA_ERROR_ASSERT:
    case CUDA_ERROR_HARDWARE_STACK_ERROR:
    case CUDA_ERROR_ILLEGAL_INSTRUCTION:
    case CUDA_ERROR_MISALIGNED_ADDRESS:
    case CUDA_ERROR_INVALID_ADDRESS_SPACE:
    case CUDA_ERROR_INVALID_PC:
    case CUDA_ERROR_LAUNCH_FAILED:
    case CUDA_ERROR_CONTAINED:
    case CUDA_ERROR_TENSOR_MEMORY_LEAK:
    case CUDA_ERROR_MPS_CLIENT_TERMINATED:
    case CUDA_ERROR_EXTERNAL_DEVICE:
      return true;
    default:
      return false;
  }
}

errc code_of(CUresult code) noexcept {
  if (code == CUDA_ERROR_OUT_OF_MEMORY) return errc::quota_exceeded;
  if (code == CUDA_ERROR_NOT_SUPPORTED) return errc::not_supported;
  if (code == CUDA_ERROR_INVALID_VALUE) return errc::invalid_argument;
  if (code == CUDA_ERROR_NO_BINARY_FOR_GPU || code == CUDA_ERROR_UNSUPPORTED_PTX_VERSION) return errc::not_supported;
  if (code == CUDA_ERROR_INVALID_IMAGE || code == CUDA_ERROR_INVALID_PTX) return errc::malformed;
  return is_fault(code) ? errc::device_lost : errc::io_failed;
}

std::string name_of(const driver_calls& driver, CUresult code) {
  const char* name = nullptr;
  const char* text = nullptr;
  if (driver.error_name(code, &name) != CUDA_SUCCESS) return "error " + std::to_string(code);
  std::string out{name};
  if (driver.error_text(code, &text) == CUDA_SUCCESS) out += std::string{" ("} + text + ")";
  return out;
}

}  // namespace

result<const driver_calls*> load_driver() {
  static const auto driver = find_driver();
  if (!driver) return fail(error{driver.error()});
  return &*driver;
}

result<void> check(const driver_calls& driver, CUresult code, const call_site& site) {
  if (code == CUDA_SUCCESS) return {};
  std::string text{site.call};
  if (site.bytes > 0) text += " of " + std::to_string(site.bytes) + " bytes";
  if (site.device >= 0) text += " on GPU " + std::to_string(site.device);
  return fail(code_of(code), text + ": " + name_of(driver, code));
}

}  // namespace dunlin::cuda
