// SPDX-License-Identifier: Apache-2.0
// Work that is written down instead of done.
#include <utility>

#include "tests/gpu/cuda/emulated_calls.hpp"

namespace dunlin::testing {

namespace {

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

}  // namespace

void add_graphs(cuda::driver_calls& out) {
  out.begin_capture = begin_capture;
  out.end_capture = end_capture;
  out.instantiate_graph = instantiate_graph;
  out.launch_graph = launch_graph;
  out.destroy_graph = destroy_graph;
  out.destroy_graph_exec = destroy_graph_exec;
}

}  // namespace dunlin::testing
