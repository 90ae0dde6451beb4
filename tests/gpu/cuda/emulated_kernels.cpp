// SPDX-License-Identifier: Apache-2.0
// The module's kernels, compiled for the processor from the same source.
#include "tests/gpu/cuda/cuda_on_host.hpp"
// after what it needs
#include "gpu/cuda/kernels/elementwise.cu"
#include "gpu/cuda/kernels/gates.cu"
#include "gpu/cuda/kernels/halves.cu"
#include "gpu/cuda/kernels/kmeans.cu"
#include "gpu/cuda/kernels/reductions.cu"
#include "gpu/cuda/kernels/top_k.cu"
#include "tests/gpu/cuda/emulated_gpu.hpp"

namespace dunlin::testing {

namespace {

using launcher = std::function<std::function<void()>(const CUlaunchConfig&, void**)>;

/// A kernel's one argument is copied when it is launched, as a GPU's driver does.
template <class Argument>
launcher launcher_of(void (*kernel)(Argument)) {
  return [kernel](const CUlaunchConfig& shape, void** arguments) {
    return
        [kernel, grid = size_of_grid{shape.gridDimX, shape.gridDimY, shape.gridDimZ},
         block = size_of_grid{shape.blockDimX, shape.blockDimY, shape.blockDimZ},
         argument = *static_cast<const Argument*>(arguments[0])] { run_grid(grid, block, [&] { kernel(argument); }); };
  };
}

const std::map<std::string, launcher>& kernels() {
  static const std::map<std::string, launcher> all{
      {"dunlin_axpy", launcher_of(&cuda::dunlin_axpy)},
      {"dunlin_scale", launcher_of(&cuda::dunlin_scale)},
      {"dunlin_add", launcher_of(&cuda::dunlin_add)},
      {"dunlin_multiply", launcher_of(&cuda::dunlin_multiply)},
      {"dunlin_bias_relu", launcher_of(&cuda::dunlin_bias_relu)},
      {"dunlin_relu_backward", launcher_of(&cuda::dunlin_relu_backward)},
      {"dunlin_cross_entropy_gradient", launcher_of(&cuda::dunlin_cross_entropy_gradient)},
      {"dunlin_narrow", launcher_of(&cuda::dunlin_narrow)},
      {"dunlin_widen", launcher_of(&cuda::dunlin_widen)},
      {"dunlin_adam", launcher_of(&cuda::dunlin_adam)},
      {"dunlin_sum", launcher_of(&cuda::dunlin_sum)},
      {"dunlin_dot", launcher_of(&cuda::dunlin_dot)},
      {"dunlin_maximum", launcher_of(&cuda::dunlin_maximum)},
      {"dunlin_join_sums", launcher_of(&cuda::dunlin_join_sums)},
      {"dunlin_join_maxima", launcher_of(&cuda::dunlin_join_maxima)},
      {"dunlin_column_sums", launcher_of(&cuda::dunlin_column_sums)},
      {"dunlin_softmax", launcher_of(&cuda::dunlin_softmax)},
      {"dunlin_top_k", launcher_of(&cuda::dunlin_top_k)},
      {"dunlin_kmeans_assign", launcher_of(&cuda::dunlin_kmeans_assign)},
      {"dunlin_kmeans_move", launcher_of(&cuda::dunlin_kmeans_move)},
      {"dunlin_gate", launcher_of(&cuda::dunlin_gate)},
  };
  return all;
}

}  // namespace

bool is_kernel(const std::string& name) { return kernels().contains(name); }

std::function<void()> kernel_on_host(const std::string& name, const CUlaunchConfig& shape, void** arguments) {
  const auto found = kernels().find(name);
  return found == kernels().end() ? std::function<void()>{} : found->second(shape, arguments);
}

}  // namespace dunlin::testing
