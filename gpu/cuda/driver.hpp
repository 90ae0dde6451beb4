// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda.h>

#include <cstdint>

#include "coordination/result.hpp"

namespace dunlin::cuda {

/// The calls of NVIDIA's driver that the module makes, found at run time: the program starts where there is no driver,
/// and tests put a driver of their own here. Thread: any, as the driver's manual says of each.
struct driver_calls {
  decltype(&::cuInit) init = nullptr;
  decltype(&::cuDriverGetVersion) driver_version = nullptr;
  decltype(&::cuGetErrorName) error_name = nullptr;
  decltype(&::cuGetErrorString) error_text = nullptr;

  // devices and contexts
  decltype(&::cuDeviceGetCount) device_count = nullptr;
  decltype(&::cuDeviceGet) device = nullptr;
  decltype(&::cuDeviceGetName) device_name = nullptr;
  decltype(&::cuDeviceGetUuid) device_uuid = nullptr;
  decltype(&::cuDeviceTotalMem) total_memory = nullptr;
  decltype(&::cuDeviceGetAttribute) attribute = nullptr;
  decltype(&::cuDevicePrimaryCtxRetain) retain_primary = nullptr;
  decltype(&::cuDevicePrimaryCtxRelease) release_primary = nullptr;
  decltype(&::cuCtxSetCurrent) set_current = nullptr;
  decltype(&::cuCtxGetCurrent) current = nullptr;
  decltype(&::cuCtxSynchronize) synchronise_context = nullptr;
  decltype(&::cuCtxGetStreamPriorityRange) priority_range = nullptr;

  // green contexts; null in drivers that have none
  decltype(&::cuDeviceGetDevResource) device_resource = nullptr;
  decltype(&::cuDevSmResourceSplitByCount) split_sms = nullptr;
  decltype(&::cuDevResourceGenerateDesc) describe_resources = nullptr;
  decltype(&::cuGreenCtxCreate) create_green = nullptr;
  decltype(&::cuGreenCtxDestroy) destroy_green = nullptr;
  decltype(&::cuGreenCtxStreamCreate) create_green_stream = nullptr;
  decltype(&::cuGreenCtxGetDevResource) green_resource = nullptr;
  decltype(&::cuCtxFromGreenCtx) context_of_green = nullptr;

  // streams and events
  decltype(&::cuStreamCreateWithPriority) create_stream = nullptr;
  decltype(&::cuStreamDestroy) destroy_stream = nullptr;
  decltype(&::cuStreamSynchronize) synchronise_stream = nullptr;
  decltype(&::cuStreamQuery) query_stream = nullptr;
  decltype(&::cuStreamWaitEvent) wait_for_event = nullptr;
  decltype(&::cuStreamWaitValue32) wait_for_value = nullptr;
  decltype(&::cuStreamWriteValue32) write_value = nullptr;
  decltype(&::cuEventCreate) create_event = nullptr;
  decltype(&::cuEventDestroy) destroy_event = nullptr;
  decltype(&::cuEventRecord) record_event = nullptr;
  decltype(&::cuEventQuery) query_event = nullptr;
  decltype(&::cuEventSynchronize) synchronise_event = nullptr;
  decltype(&::cuEventElapsedTime) elapsed_time = nullptr;

  // memory
  decltype(&::cuMemGetAllocationGranularity) granularity = nullptr;
  decltype(&::cuMemAddressReserve) reserve_addresses = nullptr;
  decltype(&::cuMemAddressFree) free_addresses = nullptr;
  decltype(&::cuMemCreate) create_memory = nullptr;
  decltype(&::cuMemRelease) release_memory = nullptr;
  decltype(&::cuMemMap) map_memory = nullptr;
  decltype(&::cuMemUnmap) unmap_memory = nullptr;
  decltype(&::cuMemSetAccess) set_access = nullptr;
  decltype(&::cuMemHostAlloc) allocate_pinned = nullptr;
  decltype(&::cuMemFreeHost) free_pinned = nullptr;
  decltype(&::cuMemHostRegister) pin = nullptr;
  decltype(&::cuMemHostUnregister) unpin = nullptr;
  decltype(&::cuMemcpyAsync) copy = nullptr;

  // code
  decltype(&::cuLibraryLoadData) load_code = nullptr;
  decltype(&::cuLibraryUnload) unload_code = nullptr;
  decltype(&::cuLibraryGetKernel) find_kernel = nullptr;
  decltype(&::cuKernelSetAttribute) set_kernel_attribute = nullptr;
  decltype(&::cuLaunchKernelEx) launch = nullptr;

  // graphs
  decltype(&::cuStreamBeginCapture) begin_capture = nullptr;
  decltype(&::cuStreamEndCapture) end_capture = nullptr;
  decltype(&::cuGraphInstantiateWithFlags) instantiate_graph = nullptr;
  decltype(&::cuGraphLaunch) launch_graph = nullptr;
  decltype(&::cuGraphDestroy) destroy_graph = nullptr;
  decltype(&::cuGraphExecDestroy) destroy_graph_exec = nullptr;

  [[nodiscard]] bool has_green_contexts() const noexcept { return create_green != nullptr; }
};

/// Returns the driver of this machine, initialised once for the process. Errors, one line each: not_found (no driver),
/// version_mismatch (a driver too old for this module), device_lost (a driver that does not start).
result<const driver_calls*> load_driver();

/// What a call was about, for the text of its error.
struct call_site {
  const char* call;         ///< as NVIDIA calls it
  std::uint64_t bytes = 0;  ///< 0 = the call is not about bytes
  int device = -1;          ///< -1 = about no device
};

/// The one place where the driver's codes become errors. Errors: quota_exceeded (out of memory), device_lost (a fault
/// after which the context is of no use), not_supported, invalid_argument, io_failed (everything else).
result<void> check(const driver_calls& driver, CUresult code, const call_site& site);

}  // namespace dunlin::cuda
