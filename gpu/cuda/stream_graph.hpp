// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "gpu/cuda/stream.hpp"
#include "gpu/device_work.hpp"

namespace dunlin::cuda {

/// Work of one stream as a graph, which the GPU is told with one call.
class stream_graph final : public recorded_work {
 public:
  /// Records what `work` puts into `on`. Errors: those of `work`, those of the driver.
  static result<std::shared_ptr<stream_graph>> record(const stream& on, const std::function<result<void>()>& work);
  ~stream_graph() override;
  stream_graph(const stream_graph&) = delete;
  stream_graph& operator=(const stream_graph&) = delete;

  /// Errors: conflict (`on` is of another context).
  result<void> replay(const stream& on) const;

 private:
  explicit stream_graph(std::shared_ptr<gpu_context> context) noexcept : context_(std::move(context)) {}

  const std::shared_ptr<gpu_context> context_;
  CUgraphExec handle_ = nullptr;
};

}  // namespace dunlin::cuda
