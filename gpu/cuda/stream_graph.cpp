// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/stream_graph.hpp"

#include <utility>

namespace dunlin::cuda {

result<std::shared_ptr<stream_graph>> stream_graph::record(const stream& on,
                                                           const std::function<result<void>()>& work) {
  std::shared_ptr<stream_graph> made{new stream_graph(on.context())};
  const auto& here = *made->context_;
  const auto& driver = here.driver();
  // What other threads do meanwhile is theirs.
  if (auto begun =
          here.check(driver.begin_capture(on.handle(), CU_STREAM_CAPTURE_MODE_THREAD_LOCAL), "cuStreamBeginCapture");
      !begun)
    return fail(std::move(begun.error()));
  auto done = work();
  CUgraph written = nullptr;
  auto ended = here.check(driver.end_capture(on.handle(), &written), "cuStreamEndCapture");
  if (done && ended) done = here.check(driver.instantiate_graph(&made->handle_, written, 0), "cuGraphInstantiate");
  if (written != nullptr) driver.destroy_graph(written);
  if (!done) return fail(std::move(done.error()));
  if (!ended) return fail(std::move(ended.error()));
  return made;
}

stream_graph::~stream_graph() {
  if (handle_ != nullptr) context_->driver().destroy_graph_exec(handle_);
}

result<void> stream_graph::replay(const stream& on) const {
  if (on.context() != context_)
    return fail(errc::conflict, "the work was recorded on other units of the GPU", "record it anew");
  return context_->check(context_->driver().launch_graph(handle_, on.handle()), "cuGraphLaunch");
}

}  // namespace dunlin::cuda
