// SPDX-License-Identifier: Apache-2.0
// The calls of NVIDIA's driver that the module makes, played.
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>

#include "tests/gpu/cuda/emulated_gpu.hpp"

namespace dunlin::testing {

namespace {

using gpu = emulated_gpu;
constexpr std::uint64_t page_bytes = std::uint64_t{2} << 20;

/// One call: takes the lock, and answers at once where the test or a fault says so.
struct call {
  explicit call(const char* name) : lock(gpu::current().mutex()), answer(gpu::current().begin_call(name)) {}
  std::unique_lock<std::mutex> lock;
  CUresult answer;
  explicit operator bool() const noexcept { return answer == CUDA_SUCCESS; }
  gpu& it = gpu::current();
};

gpu::stream& of(CUstream handle) { return *reinterpret_cast<gpu::stream*>(handle); }
gpu::event& of(CUevent handle) { return *reinterpret_cast<gpu::event*>(handle); }

template <class Set, class Handle>
void erase_from(Set& from, Handle handle) {
  std::erase_if(from, [&](const auto& one) { return static_cast<void*>(one.get()) == static_cast<void*>(handle); });
}

// -- devices and contexts

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
thread_local CUcontext current_of_thread = nullptr;
CUresult set_current(CUcontext which) {
  const call now{"cuCtxSetCurrent"};
  if (now) current_of_thread = which;
  return now.answer;
}
CUresult current(CUcontext* out) {
  *out = current_of_thread;
  return call{"cuCtxGetCurrent"}.answer;
}
/// A stream that is captured may not be asked or waited for, by whichever thread.
bool breaks_capture(gpu::stream& on) {
  if (!on.captures) return false;
  on.invalidated = true;
  return true;
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

// -- streams and events

CUresult make_stream(call& now, CUstream* out, gpu::green_context* green) {
  if (!now) return now.answer;
  auto made = std::make_unique<gpu::stream>();
  made->green = green;
  *out = reinterpret_cast<CUstream>(made.get());
  now.it.streams.insert(std::move(made));
  return now.answer;
}
CUresult create_stream(CUstream* out, unsigned int, int) {
  call now{"cuStreamCreateWithPriority"};
  return make_stream(now, out, nullptr);
}
CUresult create_green_stream(CUstream* out, CUgreenCtx of_green, unsigned int, int) {
  call now{"cuGreenCtxStreamCreate"};
  return make_stream(now, out, reinterpret_cast<gpu::green_context*>(of_green));
}
CUresult destroy_stream(CUstream which) {
  const call now{"cuStreamDestroy"};
  of(which).destroyed = true;
  return CUDA_SUCCESS;
}
CUresult synchronise_stream(CUstream which) {
  call now{"cuStreamSynchronize"};
  if (!now) return now.answer;
  auto& on = of(which);
  if (breaks_capture(on)) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  return now.it.wait_until(now.lock, [&on] { return on.waiting.empty() && !on.runs; });
}
CUresult query_stream(CUstream which) {
  const call now{"cuStreamQuery"};
  if (!now) return now.answer;
  if (breaks_capture(of(which))) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  return of(which).waiting.empty() && !of(which).runs ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
}
CUresult create_event(CUevent* out, unsigned int) {
  const call now{"cuEventCreate"};
  if (!now) return now.answer;
  auto made = std::make_unique<gpu::event>();
  *out = reinterpret_cast<CUevent>(made.get());
  now.it.events.insert(std::move(made));
  return now.answer;
}
CUresult destroy_event(CUevent which) {
  const call now{"cuEventDestroy"};
  // Streams that still wait for it, or will record it, look at it once more.
  auto& from = now.it.events;
  const auto found = std::find_if(from.begin(), from.end(), [&](const auto& one) { return one.get() == &of(which); });
  now.it.destroyed_events.push_back(std::move(from.extract(found).value()));
  return CUDA_SUCCESS;
}
CUresult record_event(CUevent which, CUstream on) {
  const call now{"cuEventRecord"};
  if (!now) return now.answer;
  auto& event = of(which);
  const auto mark = ++event.recorded;
  now.it.enqueue(of(on), {[&it = now.it, &event, mark] {
                            const std::lock_guard lock{it.mutex()};
                            event.fired = mark;
                            event.at = std::chrono::steady_clock::now();
                          },
                          {}});
  return now.answer;
}
CUresult wait_for_event(CUstream on, CUevent which, unsigned int) {
  const call now{"cuStreamWaitEvent"};
  if (!now) return now.answer;
  auto& event = of(which);
  now.it.enqueue(of(on), {[] {}, [&event, mark = event.recorded] { return event.fired >= mark; }});
  return now.answer;
}
CUresult query_event(CUevent which) {
  const call now{"cuEventQuery"};
  if (!now) return now.answer;
  return of(which).fired >= of(which).recorded ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
}
CUresult synchronise_event(CUevent which) {
  call now{"cuEventSynchronize"};
  if (!now) return now.answer;
  auto& event = of(which);
  return now.it.wait_until(now.lock, [&event, mark = event.recorded] { return event.fired >= mark; });
}
CUresult elapsed_time(float* out, CUevent from, CUevent to) {
  const call now{"cuEventElapsedTime"};
  if (!now) return now.answer;
  if (of(from).fired == 0 || of(to).fired < of(to).recorded) return CUDA_ERROR_NOT_READY;
  *out = std::chrono::duration<float, std::milli>(of(to).at - of(from).at).count();
  return now.answer;
}
std::atomic_ref<std::uint32_t> word_at(CUdeviceptr place) {
  return std::atomic_ref<std::uint32_t>{*std::bit_cast<std::uint32_t*>(place)};
}
CUresult wait_for_value(CUstream on, CUdeviceptr place, cuuint32_t value, unsigned int) {
  const call now{"cuStreamWaitValue32"};
  if (!now) return now.answer;
  now.it.enqueue(of(on),
                 {[] {}, [place, value] { return static_cast<std::int32_t>(word_at(place).load() - value) >= 0; }});
  return now.answer;
}
CUresult write_value(CUstream on, CUdeviceptr place, cuuint32_t value, unsigned int) {
  const call now{"cuStreamWriteValue32"};
  if (!now) return now.answer;
  now.it.enqueue(of(on), {[place, value] { word_at(place).store(value); }, {}});
  return now.answer;
}

// -- memory

CUresult granularity(std::size_t* out, const CUmemAllocationProp*, CUmemAllocationGranularity_flags) {
  *out = page_bytes;
  return call{"cuMemGetAllocationGranularity"}.answer;
}
CUresult reserve_addresses(CUdeviceptr* out, std::size_t bytes, std::size_t, CUdeviceptr, unsigned long long) {
  const call now{"cuMemAddressReserve"};
  if (!now) return now.answer;
  // Nobody touches memory that is not mapped: the processor would stop the test.
  auto* place = mmap(nullptr, bytes + page_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) return CUDA_ERROR_OUT_OF_MEMORY;
  const auto first = reinterpret_cast<std::uintptr_t>(place);
  const auto aligned = (first + page_bytes - 1) & ~(page_bytes - 1);
  if (aligned > first) munmap(place, aligned - first);
  munmap(std::bit_cast<void*>(aligned + bytes), first + page_bytes - aligned);
  *out = aligned;
  return now.answer;
}
CUresult free_addresses(CUdeviceptr place, std::size_t bytes) {
  munmap(std::bit_cast<void*>(place), bytes);
  return CUDA_SUCCESS;
}
CUresult create_memory(CUmemGenericAllocationHandle* out, std::size_t bytes, const CUmemAllocationProp*,
                       unsigned long long) {
  const call now{"cuMemCreate"};
  if (!now) return now.answer;
  std::uint64_t taken = 0;
  for (const auto& [handle, size] : now.it.memory) taken += size;
  if (taken + bytes > now.it.options.memory_bytes) return CUDA_ERROR_OUT_OF_MEMORY;
  *out = now.it.next_handle++;
  now.it.memory[*out] = bytes;
  return now.answer;
}
CUresult release_memory(CUmemGenericAllocationHandle which) {
  const call now{"cuMemRelease"};
  now.it.memory.erase(which);
  return CUDA_SUCCESS;
}
CUresult map_memory(CUdeviceptr place, std::size_t bytes, std::size_t, CUmemGenericAllocationHandle,
                    unsigned long long) {
  const call now{"cuMemMap"};
  if (!now) return now.answer;
  if (!now.it.mapped.emplace(place, bytes).second) return CUDA_ERROR_ALREADY_MAPPED;
  return now.answer;
}
CUresult unmap_memory(CUdeviceptr place, std::size_t bytes) {
  const call now{"cuMemUnmap"};
  const auto found = now.it.mapped.find(place);
  if (found == now.it.mapped.end() || found->second != bytes) return CUDA_ERROR_INVALID_VALUE;  // whole pieces only
  now.it.mapped.erase(found);
  madvise(std::bit_cast<void*>(place), bytes, MADV_DONTNEED);
  mprotect(std::bit_cast<void*>(place), bytes, PROT_NONE);
  return CUDA_SUCCESS;
}
CUresult set_access(CUdeviceptr place, std::size_t bytes, const CUmemAccessDesc*, std::size_t) {
  const call now{"cuMemSetAccess"};
  if (!now) return now.answer;
  for (auto at = place; at < place + bytes;) {
    const auto found = now.it.mapped.find(at);
    if (found == now.it.mapped.end()) return CUDA_ERROR_INVALID_VALUE;
    at += found->second;
  }
  mprotect(std::bit_cast<void*>(place), bytes, PROT_READ | PROT_WRITE);
  return now.answer;
}
CUresult allocate_pinned(void** out, std::size_t bytes, unsigned int) {
  const call now{"cuMemHostAlloc"};
  if (!now) return now.answer;
  *out = std::aligned_alloc(4'096, (bytes + 4'095) / 4'096 * 4'096);
  std::memset(*out, 0, bytes);
  now.it.pinned[*out] = bytes;
  return now.answer;
}
CUresult free_pinned(void* place) {
  const call now{"cuMemFreeHost"};
  now.it.pinned.erase(place);
  std::free(place);
  return CUDA_SUCCESS;
}
CUresult pin(void* place, std::size_t bytes, unsigned int) {
  const call now{"cuMemHostRegister"};
  if (!now) return now.answer;
  if (!now.it.pinned.emplace(place, bytes).second) return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
  return now.answer;
}
CUresult unpin(void* place) {
  const call now{"cuMemHostUnregister"};
  return now.it.pinned.erase(place) == 1 ? CUDA_SUCCESS : CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
}
/// Whether the GPU knows the memory at `place`: its own, or pinned memory of the host.
bool is_known(const gpu& it, CUdeviceptr place) {
  const auto in = [place](auto first, std::uint64_t bytes) { return place >= first && place - first < bytes; };
  return std::ranges::any_of(it.mapped, [&](const auto& one) { return in(one.first, one.second); }) ||
         std::ranges::any_of(it.pinned,
                             [&](const auto& one) { return in(reinterpret_cast<CUdeviceptr>(one.first), one.second); });
}
/// Whether the bytes begin in one piece of pinned memory and end beyond it: no copy does that.
bool spans_pinned(const gpu& it, CUdeviceptr place, std::size_t bytes) {
  return std::ranges::any_of(it.pinned, [&](const auto& one) {
    const auto first = reinterpret_cast<CUdeviceptr>(one.first);
    return place >= first && place < first + one.second && place + bytes > first + one.second;
  });
}
/// Bytes of the host that are not pinned are read before the call returns, and such bytes are written by then.
CUresult copy(CUdeviceptr to, CUdeviceptr from, std::size_t bytes, CUstream on) {
  call now{"cuMemcpyAsync"};
  if (!now) return now.answer;
  if (spans_pinned(now.it, from, bytes) || spans_pinned(now.it, to, bytes)) return CUDA_ERROR_INVALID_VALUE;
  const bool knows_from = is_known(now.it, from);
  const bool knows_to = is_known(now.it, to);
  std::shared_ptr<std::vector<std::byte>> read;
  if (knows_to && !knows_from) {
    const auto* first = std::bit_cast<const std::byte*>(from);
    read = std::make_shared<std::vector<std::byte>>(first, first + bytes);
  }
  auto& stream = of(on);
  if (stream.captures && !(knows_from && knows_to)) {
    stream.invalidated = true;
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  now.it.enqueue(stream, {[to, from, bytes, read] {
                            const auto* source = read ? read->data() : std::bit_cast<const std::byte*>(from);
                            std::memcpy(std::bit_cast<void*>(to), source, bytes);
                          },
                          {}});
  if (knows_from && !knows_to)
    return now.it.wait_until(now.lock, [&stream] { return stream.waiting.empty() && !stream.runs; });
  return now.answer;
}
// -- code

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
CUresult launch(const CUlaunchConfig* shape, CUfunction which, void** arguments, void**) {
  const call now{"cuLaunchKernelEx"};
  if (!now) return now.answer;
  const std::string name = reinterpret_cast<const char*>(which);
  auto body = kernel_on_host(name, *shape, arguments);
  if (!body) return CUDA_ERROR_INVALID_HANDLE;
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

// -- graphs

using recorded_graph = std::vector<gpu::operation>;

CUresult begin_capture(CUstream on, CUstreamCaptureMode) {
  const call now{"cuStreamBeginCapture"};
  if (!now) return now.answer;
  of(on).captures = true;
  of(on).invalidated = false;
  return now.answer;
}
CUresult end_capture(CUstream on, CUgraph* out) {
  const call now{"cuStreamEndCapture"};
  of(on).captures = false;
  *out = nullptr;
  if (!now) return now.answer;
  if (of(on).invalidated) {
    of(on).captured.clear();
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  }
  *out = reinterpret_cast<CUgraph>(new recorded_graph(std::exchange(of(on).captured, {})));
  return now.answer;
}
CUresult instantiate_graph(CUgraphExec* out, CUgraph from, unsigned long long) {
  const call now{"cuGraphInstantiate"};
  if (!now) return now.answer;
  *out = reinterpret_cast<CUgraphExec>(new recorded_graph(*reinterpret_cast<recorded_graph*>(from)));
  return now.answer;
}
CUresult launch_graph(CUgraphExec which, CUstream on) {
  const call now{"cuGraphLaunch"};
  if (!now) return now.answer;
  for (const auto& one : *reinterpret_cast<recorded_graph*>(which)) now.it.enqueue(of(on), one);
  return now.answer;
}
CUresult destroy_graph(CUgraph which) {
  delete reinterpret_cast<recorded_graph*>(which);
  return CUDA_SUCCESS;
}
CUresult destroy_graph_exec(CUgraphExec which) {
  delete reinterpret_cast<recorded_graph*>(which);
  return CUDA_SUCCESS;
}

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
  out.create_green_stream = create_green_stream;
  out.green_resource = green_resource;
  out.context_of_green = context_of_green;
}

void add_streams(cuda::driver_calls& out) {
  out.create_stream = create_stream;
  out.destroy_stream = destroy_stream;
  out.synchronise_stream = synchronise_stream;
  out.query_stream = query_stream;
  out.wait_for_event = wait_for_event;
  out.wait_for_value = wait_for_value;
  out.write_value = write_value;
  out.create_event = create_event;
  out.destroy_event = destroy_event;
  out.record_event = record_event;
  out.query_event = query_event;
  out.synchronise_event = synchronise_event;
  out.elapsed_time = elapsed_time;
}

void add_memory(cuda::driver_calls& out) {
  out.granularity = granularity;
  out.reserve_addresses = reserve_addresses;
  out.free_addresses = free_addresses;
  out.create_memory = create_memory;
  out.release_memory = release_memory;
  out.map_memory = map_memory;
  out.unmap_memory = unmap_memory;
  out.set_access = set_access;
  out.allocate_pinned = allocate_pinned;
  out.free_pinned = free_pinned;
  out.pin = pin;
  out.unpin = unpin;
  out.copy = copy;
}

void add_code(cuda::driver_calls& out) {
  out.load_code = load_code;
  out.unload_code = unload_code;
  out.find_kernel = find_kernel;
  out.launch = launch;
  out.begin_capture = begin_capture;
  out.end_capture = end_capture;
  out.instantiate_graph = instantiate_graph;
  out.launch_graph = launch_graph;
  out.destroy_graph = destroy_graph;
  out.destroy_graph_exec = destroy_graph_exec;
}

}  // namespace

cuda::driver_calls emulated_driver(bool has_green_contexts) {
  cuda::driver_calls out;
  add_contexts(out);
  if (has_green_contexts) add_green_contexts(out);
  add_streams(out);
  add_memory(out);
  add_code(out);
  return out;
}

}  // namespace dunlin::testing
