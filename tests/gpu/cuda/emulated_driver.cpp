// SPDX-License-Identifier: Apache-2.0
// The calls of NVIDIA's driver that the module makes, played.
#include "tests/gpu/cuda/emulated_calls.hpp"

namespace dunlin::testing {

cuda::driver_calls emulated_driver(bool has_green_contexts) {
  cuda::driver_calls out;
  add_contexts(out);
  if (has_green_contexts) {
    add_green_contexts(out);
    add_green_streams(out);
  }
  add_streams(out);
  add_memory(out);
  add_code(out);
  add_graphs(out);
  return out;
}

}  // namespace dunlin::testing
