// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/stream_graph.hpp"

#include <utility>

namespace dunlin::cuda {

namespace {

/// A stream that writes down what it is told. Its end is also that of an exception: a stream that went on writing down
/// would never again do anything.
class capture {
 public:
  explicit capture(const stream& on) noexcept : on_(on) {}
  ~capture() {
    if (is_on_) static_cast<void>(end());
    if (graph_ != nullptr) driver().destroy_graph(graph_);
  }
  capture(const capture&) = delete;
  capture& operator=(const capture&) = delete;

  /// What other threads do meanwhile is theirs.
  result<void> begin() {
    auto begun = context().check(driver().begin_capture(on_.handle(), CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                                 "cuStreamBeginCapture");
    is_on_ = begun.has_value();
    return begun;
  }
  result<CUgraph> end() {
    is_on_ = false;
    auto ended = context().check(driver().end_capture(on_.handle(), &graph_), "cuStreamEndCapture");
    if (!ended) return fail(std::move(ended.error()));
    return graph_;
  }

 private:
  [[nodiscard]] const gpu_context& context() const noexcept { return *on_.context(); }
  [[nodiscard]] const driver_calls& driver() const noexcept { return context().driver(); }

  const stream& on_;
  bool is_on_ = false;
  CUgraph graph_ = nullptr;
};

}  // namespace

result<std::shared_ptr<stream_graph>> stream_graph::record(const std::shared_ptr<const stream>& on,
                                                           const std::function<result<void>()>& work) {
  std::shared_ptr<stream_graph> made{new stream_graph(on)};
  capture writing{*on};
  if (auto begun = writing.begin(); !begun) return fail(std::move(begun.error()));
  if (auto done = work(); !done) return fail(std::move(done.error()));
  const auto written = writing.end();
  if (!written) return fail(error{written.error()});
  const auto code = made->context_->driver().instantiate_graph(&made->handle_, *written, 0);
  if (auto ready = made->context_->check(code, "cuGraphInstantiateWithFlags"); !ready)
    return fail(std::move(ready.error()));
  return made;
}

stream_graph::~stream_graph() {
  if (handle_ != nullptr) context_->driver().destroy_graph_exec(handle_);
}

result<void> stream_graph::replay(const std::shared_ptr<const stream>& on) const {
  if (of_.lock() != on)
    return fail(errc::conflict, "the work was recorded by another holder, or on other units", "record it anew");
  return context_->check(context_->driver().launch_graph(handle_, on->handle()), "cuGraphLaunch");
}

}  // namespace dunlin::cuda
