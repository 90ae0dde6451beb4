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
  /// Records what `work` puts into `on`; its exceptions pass. Errors: those of `work`, those of the driver.
  static result<std::shared_ptr<stream_graph>> record(const std::shared_ptr<const stream>& on,
                                                      const std::function<result<void>()>& work);
  ~stream_graph() override;
  stream_graph(const stream_graph&) = delete;
  stream_graph& operator=(const stream_graph&) = delete;

  /// Errors: conflict (it was recorded in another stream, whose buffers it would write to).
  result<void> replay(const std::shared_ptr<const stream>& on) const;

 private:
  explicit stream_graph(const std::shared_ptr<const stream>& of) noexcept : context_(of->context()), of_(of) {}

  const std::shared_ptr<gpu_context> context_;
  const std::weak_ptr<const stream> of_;
  CUgraphExec handle_ = nullptr;
};

}  // namespace dunlin::cuda
