// SPDX-License-Identifier: Apache-2.0
// Streams, and events in them.
#include <atomic>
#include <bit>

#include "tests/gpu/cuda/emulated_calls.hpp"

namespace dunlin::testing {

namespace {

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

}  // namespace

void add_green_streams(cuda::driver_calls& out) { out.create_green_stream = create_green_stream; }

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

}  // namespace dunlin::testing
