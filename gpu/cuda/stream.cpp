// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/stream.hpp"

#include <bit>
#include <utility>

namespace dunlin::cuda {

result<std::unique_ptr<event>> event::make(std::shared_ptr<gpu_context> context) {
  std::unique_ptr<event> made{new event(std::move(context))};
  const auto& here = *made->context_;
  if (auto current = here.make_current(); !current) return fail(std::move(current.error()));
  // Who waits sleeps: a core that spins is somebody's share.
  if (auto done = here.check(here.driver().create_event(&made->handle_, CU_EVENT_BLOCKING_SYNC), "cuEventCreate");
      !done)
    return fail(std::move(done.error()));
  return made;
}

event::~event() {
  if (handle_ != nullptr) context_->driver().destroy_event(handle_);
}

result<void> event::record(const stream& on) {
  return context_->check(context_->driver().record_event(handle_, on.handle()), "cuEventRecord");
}

result<bool> event::has_passed() const {
  const auto code = context_->driver().query_event(handle_);
  if (code == CUDA_ERROR_NOT_READY) return false;
  if (auto asked = context_->check(code, "cuEventQuery"); !asked) return fail(std::move(asked.error()));
  return true;
}

result<void> event::wait() const {
  return context_->check(context_->driver().synchronise_event(handle_), "cuEventSynchronize");
}

result<std::uint64_t> event::ns_since(const event& begin) const {
  float milliseconds = 0;
  const auto code = context_->driver().elapsed_time(&milliseconds, begin.handle_, handle_);
  if (auto asked = context_->check(code, "cuEventElapsedTime"); !asked) return fail(std::move(asked.error()));
  return static_cast<std::uint64_t>(static_cast<double>(milliseconds) * 1e6);
}

namespace {

CUresult create(const gpu_context& context, CUstream& out, int priority) {
  const auto& driver = context.driver();
  if (context.green_handle() != nullptr)
    return driver.create_green_stream(&out, context.green_handle(), CU_STREAM_NON_BLOCKING, priority);
  return driver.create_stream(&out, CU_STREAM_NON_BLOCKING, priority);
}

}  // namespace

result<std::shared_ptr<stream>> stream::make(std::shared_ptr<gpu_context> context, bool is_urgent) {
  std::shared_ptr<stream> made{new stream(std::move(context))};
  const auto& here = *made->context_;
  if (auto current = here.make_current(); !current) return fail(std::move(current.error()));
  int least = 0;
  int greatest = 0;
  if (auto asked = here.check(here.driver().priority_range(&least, &greatest), "cuCtxGetStreamPriorityRange"); !asked)
    return fail(std::move(asked.error()));
  if (auto done = here.check(create(here, made->handle_, is_urgent ? greatest : least), "cuStreamCreate"); !done)
    return fail(std::move(done.error()));
  return made;
}

stream::~stream() {
  if (handle_ == nullptr) return;
  static_cast<void>(finish());
  context_->driver().destroy_stream(handle_);
}

result<void> stream::wait_for(const event& before) const {
  return context_->check(context_->driver().wait_for_event(handle_, before.handle(), 0), "cuStreamWaitEvent");
}

result<void> stream::wait_for(const std::uint32_t* place, std::uint32_t value) const {
  const auto code =
      context_->driver().wait_for_value(handle_, std::bit_cast<CUdeviceptr>(place), value, CU_STREAM_WAIT_VALUE_GEQ);
  return context_->check(code, "cuStreamWaitValue32");
}

result<void> stream::write(std::uint32_t* place, std::uint32_t value) const {
  const auto code =
      context_->driver().write_value(handle_, std::bit_cast<CUdeviceptr>(place), value, CU_STREAM_WRITE_VALUE_DEFAULT);
  return context_->check(code, "cuStreamWriteValue32");
}

result<bool> stream::is_idle() const {
  const auto code = context_->driver().query_stream(handle_);
  if (code == CUDA_ERROR_NOT_READY) return false;
  if (auto asked = context_->check(code, "cuStreamQuery"); !asked) return fail(std::move(asked.error()));
  return true;
}

result<void> stream::finish() const {
  return context_->check(context_->driver().synchronise_stream(handle_), "cuStreamSynchronize");
}

result<void> stream::copy(void* to, const void* from, std::uint64_t bytes) const {
  if (bytes == 0) return {};
  return context_->check(
      context_->driver().copy(std::bit_cast<CUdeviceptr>(to), std::bit_cast<CUdeviceptr>(from), bytes, handle_),
      "cuMemcpyAsync", bytes);
}

}  // namespace dunlin::cuda
