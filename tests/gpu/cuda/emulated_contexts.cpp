// SPDX-License-Identifier: Apache-2.0
// Devices, their primary contexts and green contexts.
#include <algorithm>
#include <bit>
#include <cstring>

#include "tests/gpu/cuda/emulated_calls.hpp"

namespace dunlin::testing {

namespace {

CUresult init(unsigned int) { return call{"cuInit"}.answer; }
CUresult driver_version(int* out) {
  *out = 13'000;
  return CUDA_SUCCESS;
}
CUresult error_name(CUresult code, const char** out) {
  *out = code == CUDA_ERROR_OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_PLAYED";
  return CUDA_SUCCESS;
}
CUresult error_text(CUresult, const char** out) {
  *out = "played";
  return CUDA_SUCCESS;
}
CUresult device_count(int* out) {
  const call now{"cuDeviceGetCount"};
  *out = now.it.options.gpus;
  return now.answer;
}
CUresult device(CUdevice* out, int ordinal) {
  const call now{"cuDeviceGet"};
  if (ordinal >= now.it.options.gpus) return CUDA_ERROR_INVALID_DEVICE;
  *out = ordinal;
  return now.answer;
}
CUresult device_name(char* out, int length, CUdevice) {
  std::strncpy(out, "Emulated GPU", static_cast<std::size_t>(length));
  return call{"cuDeviceGetName"}.answer;
}
CUresult device_uuid(CUuuid* out, CUdevice which) {
  std::memset(out->bytes, 0xab, sizeof(out->bytes));
  out->bytes[15] = static_cast<char>(which);
  return call{"cuDeviceGetUuid"}.answer;
}
CUresult total_memory(std::size_t* out, CUdevice) {
  const call now{"cuDeviceTotalMem"};
  *out = now.it.options.memory_bytes;
  return now.answer;
}
CUresult attribute(int* out, CUdevice_attribute which, CUdevice) {
  const call now{"cuDeviceGetAttribute"};
  switch (which) {
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
      *out = static_cast<int>(now.it.options.sms);
      break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
      *out = 9;
      break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR:
      *out = 0;
      break;
    default:
      *out = 1;
  }
  return now.answer;
}
CUresult retain_primary(CUcontext* out, CUdevice which) {
  const call now{"cuDevicePrimaryCtxRetain"};
  if (!now) return now.answer;
  ++now.it.primaries[which];
  *out = std::bit_cast<CUcontext>(std::uintptr_t{0x1000} + static_cast<std::uintptr_t>(which));
  return now.answer;
}
CUresult release_primary(CUdevice which) {
  const call now{"cuDevicePrimaryCtxRelease"};
  --now.it.primaries[which];
  return CUDA_SUCCESS;
}
CUresult set_current(CUcontext which) {
  const call now{"cuCtxSetCurrent"};
  if (now) current_of_thread = which;
  return now.answer;
}
CUresult current(CUcontext* out) {
  *out = current_of_thread;
  return call{"cuCtxGetCurrent"}.answer;
}
CUresult synchronise_context() {
  call now{"cuCtxSynchronize"};
  if (!now) return now.answer;
  for (const auto& one : now.it.streams)
    if (breaks_capture(*one)) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  return now.it.wait_until(now.lock, [&it = now.it] {
    return std::ranges::all_of(it.streams, [](const auto& one) { return one->waiting.empty() && !one->runs; });
  });
}
CUresult priority_range(int* least, int* greatest) {
  *least = 0;
  *greatest = -5;
  return call{"cuCtxGetStreamPriorityRange"}.answer;
}

// -- green contexts

CUresult device_resource(CUdevice, CUdevResource* out, CUdevResourceType) {
  const call now{"cuDeviceGetDevResource"};
  out->type = CU_DEV_RESOURCE_TYPE_SM;
  out->sm.smCount = now.it.options.sms;
  out->sm.minSmPartitionSize = now.it.options.sms_of_group;
  out->sm.smCoscheduledAlignment = now.it.options.sms_of_group;
  return now.answer;
}
CUresult split_sms(CUdevResource* out, unsigned int* groups, const CUdevResource* from, CUdevResource* left,
                   unsigned int, unsigned int least) {
  const call now{"cuDevSmResourceSplitByCount"};
  if (!now) return now.answer;
  const auto each = std::max(least, from->sm.minSmPartitionSize);
  const auto fit = from->sm.smCount / each;
  *groups = out == nullptr ? fit : std::min(*groups, fit);
  for (unsigned int i = 0; out != nullptr && i < *groups; ++i) {
    out[i] = *from;
    out[i].sm.smCount = each;
  }
  if (left != nullptr) {
    *left = *from;
    left->sm.smCount = from->sm.smCount - *groups * each;
  }
  return now.answer;
}
CUresult describe_resources(CUdevResourceDesc* out, CUdevResource* from, unsigned int count) {
  const call now{"cuDevResourceGenerateDesc"};
  std::uintptr_t sms = 0;
  for (unsigned int i = 0; i < count; ++i) sms += from[i].sm.smCount;
  *out = std::bit_cast<CUdevResourceDesc>(sms);
  return now.answer;
}
CUresult create_green(CUgreenCtx* out, CUdevResourceDesc from, CUdevice which, unsigned int) {
  const call now{"cuGreenCtxCreate"};
  if (!now) return now.answer;
  auto made = std::make_unique<gpu::green_context>();
  made->sms = static_cast<unsigned int>(reinterpret_cast<std::uintptr_t>(from));
  made->device = which;
  *out = reinterpret_cast<CUgreenCtx>(made.get());
  now.it.greens.insert(std::move(made));
  return now.answer;
}
CUresult destroy_green(CUgreenCtx which) {
  const call now{"cuGreenCtxDestroy"};
  const auto* green = reinterpret_cast<gpu::green_context*>(which);
  for (const auto& one : now.it.streams)
    if (one->green == green && !one->destroyed) return CUDA_ERROR_UNKNOWN;  // it would leak
  erase_from(now.it.greens, which);
  return CUDA_SUCCESS;
}
CUresult green_resource(CUgreenCtx which, CUdevResource* out, CUdevResourceType) {
  const call now{"cuGreenCtxGetDevResource"};
  out->type = CU_DEV_RESOURCE_TYPE_SM;
  out->sm.smCount = reinterpret_cast<gpu::green_context*>(which)->sms;
  return now.answer;
}
CUresult context_of_green(CUcontext* out, CUgreenCtx which) {
  *out = reinterpret_cast<CUcontext>(which);
  return call{"cuCtxFromGreenCtx"}.answer;
}

}  // namespace

void add_contexts(cuda::driver_calls& out) {
  out.init = init;
  out.driver_version = driver_version;
  out.error_name = error_name;
  out.error_text = error_text;
  out.device_count = device_count;
  out.device = device;
  out.device_name = device_name;
  out.device_uuid = device_uuid;
  out.total_memory = total_memory;
  out.attribute = attribute;
  out.retain_primary = retain_primary;
  out.release_primary = release_primary;
  out.set_current = set_current;
  out.current = current;
  out.synchronise_context = synchronise_context;
  out.priority_range = priority_range;
}

void add_green_contexts(cuda::driver_calls& out) {
  out.device_resource = device_resource;
  out.split_sms = split_sms;
  out.describe_resources = describe_resources;
  out.create_green = create_green;
  out.destroy_green = destroy_green;
  out.green_resource = green_resource;
  out.context_of_green = context_of_green;
}

}  // namespace dunlin::testing
