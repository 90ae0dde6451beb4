// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/cuda_backend.hpp"

#include <algorithm>
#include <utility>

#include "gpu/cuda/kernels/arguments.hpp"
#include "gpu/memory/memory_exhausted.hpp"

namespace dunlin::cuda {

namespace {

constexpr std::uint32_t threads = 256;
/// As many blocks of 256 threads an SM can have at once.
constexpr std::uint32_t blocks_of_sm = 8;
/// What one pass leaves for the next, at most: columns times parts of the rows.
constexpr std::uint64_t most_partial = 1 << 16;
constexpr std::uint32_t most_reducing_blocks = 1'024;
constexpr std::uint64_t most_grid_y = 65'535;
constexpr std::uint64_t most_row_parts = 1'024;
constexpr std::uint64_t rows_of_part = 32;
constexpr std::size_t workspace_alignment = 256;

std::uint64_t parts_of(std::uint64_t count, std::uint64_t each) noexcept { return (count + each - 1) / each; }

/// Device memory that is over is an error like others here, not an exception.
result<void*> allocate(std::pmr::memory_resource& memory, std::uint64_t bytes, std::size_t alignment) {
  try {
    return memory.allocate(bytes, alignment);
  } catch (const memory_exhausted& e) {
    return fail(errc::quota_exceeded, e.what());
  }
}

}  // namespace

cuda_backend::~cuda_backend() {
  products_.reset();
  if (workspace_ != nullptr) parts_.memory->deallocate(workspace_, parts_.workspace_bytes, workspace_alignment);
  if (partial_ != nullptr) parts_.memory->deallocate(partial_, most_partial * sizeof(float), alignof(float));
}

std::uint32_t cuda_backend::blocks_for(std::uint64_t count) const {
  const std::uint64_t most = std::uint64_t{parts_.on->context()->sms()} * blocks_of_sm;
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(parts_of(count, threads), 1, most));
}

std::uint32_t cuda_backend::blocks_for_rows(std::uint64_t rows) const {
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(rows, 1, 65'535));
}

template <class Argument>
result<void> cuda_backend::launch(const char* kernel, const launch_shape& shape, const Argument& argument) {
  if (parts_.may_run)
    if (auto may = parts_.may_run(); !may) return may;
  return parts_.code->launch(*parts_.on, kernel, shape, argument);
}

template <class Call>
result<void> cuda_backend::launch_each(const char* kernel, std::uint64_t count, const Call& call) {
  return launch(kernel, {.blocks = blocks_for(count), .threads = threads}, call);
}

template <class Call>
result<void> cuda_backend::reduce(const char* first, const char* last, const Call& call) {
  auto between = partial();
  if (!between) return fail(std::move(between.error()));
  const auto blocks = std::min(blocks_for(call.count), most_reducing_blocks);
  if (auto done = launch(first, {.blocks = blocks, .threads = threads}, first_pass<Call>{call, *between}); !done)
    return done;
  return launch(last, {.blocks = 1, .threads = threads}, last_pass{blocks, *between, call.out});
}

result<void> cuda_backend::prepare() {
  if (auto between = partial(); !between) return fail(std::move(between.error()));
  const auto with = products();
  const bool goes_without =
      !with && (with.error().code == errc::not_supported || with.error().code == errc::quota_exceeded);
  if (!with && !goes_without) return fail(error{with.error()});
  return {};
}

result<float*> cuda_backend::partial() {
  if (partial_ != nullptr) return partial_;
  auto taken = allocate(*parts_.memory, most_partial * sizeof(float), alignof(float));
  if (!taken) return fail(std::move(taken.error()));
  return partial_ = static_cast<float*>(*taken);
}

result<matrix_products*> cuda_backend::products() {
  if (products_ != nullptr) return products_.get();
  const auto* cublas = parts_.cublas;
  if (cublas == nullptr) {
    auto found = load_cublas();
    if (!found) return fail(std::move(found.error()));
    cublas = *found;
  }
  if (workspace_ == nullptr) {
    auto taken = allocate(*parts_.memory, parts_.workspace_bytes, workspace_alignment);
    if (!taken) return fail(std::move(taken.error()));
    workspace_ = *taken;
  }
  auto made = matrix_products::make(*cublas, *parts_.handles, *parts_.on, workspace_, parts_.workspace_bytes);
  if (!made) return fail(std::move(made.error()));
  products_ = std::move(*made);
  return products_.get();
}

// -- one number in, one out

result<void> cuda_backend::perform(const axpy_call& call) { return launch_each("dunlin_axpy", call.count, call); }
result<void> cuda_backend::perform(const scale_call& call) { return launch_each("dunlin_scale", call.count, call); }
result<void> cuda_backend::perform(const add_call& call) { return launch_each("dunlin_add", call.count, call); }
result<void> cuda_backend::perform(const multiply_call& call) {
  return launch_each("dunlin_multiply", call.count, call);
}
result<void> cuda_backend::perform(const bias_relu_call& call) {
  return launch_each("dunlin_bias_relu", call.rows * call.columns, call);
}
result<void> cuda_backend::perform(const relu_backward_call& call) {
  return launch_each("dunlin_relu_backward", call.count, call);
}
result<void> cuda_backend::perform(const cross_entropy_gradient_call& call) {
  return launch_each("dunlin_cross_entropy_gradient", call.rows * call.columns, call);
}
result<void> cuda_backend::perform(const narrow_call& call) { return launch_each("dunlin_narrow", call.count, call); }
result<void> cuda_backend::perform(const widen_call& call) { return launch_each("dunlin_widen", call.count, call); }
result<void> cuda_backend::perform(const adam_call& call) { return launch_each("dunlin_adam", call.count, call); }
result<void> cuda_backend::perform(const gate_call& call) {
  return launch_each("dunlin_gate", std::uint64_t{1} << (call.qubits - 1), call);
}

// -- many to one

result<void> cuda_backend::perform(const sum_call& call) { return reduce("dunlin_sum", "dunlin_join_sums", call); }
result<void> cuda_backend::perform(const dot_call& call) { return reduce("dunlin_dot", "dunlin_join_sums", call); }
result<void> cuda_backend::perform(const maximum_call& call) {
  return reduce("dunlin_maximum", "dunlin_join_maxima", call);
}

/// Rows are added up in parts where few columns alone would leave most of the GPU idle; a second pass adds the parts.
result<void> cuda_backend::perform(const column_sums_call& call) {
  const auto room = std::max<std::uint64_t>(most_partial / call.columns, 1);
  const auto parts = std::min({room, most_row_parts, std::max<std::uint64_t>(call.rows / rows_of_part, 1)});
  if (parts == 1) return sum_columns({call.rows, call.columns, call.x, call.out}, 1);
  auto between = partial();
  if (!between) return fail(std::move(between.error()));
  const column_chunks first{call.rows, call.columns, call.x, *between};
  if (auto done = sum_columns(first, static_cast<std::uint32_t>(parts)); !done) return done;
  return sum_columns({parts, call.columns, *between, call.out}, 1);
}

result<void> cuda_backend::sum_columns(const column_chunks& part, std::uint32_t parts) {
  const launch_shape shape{.blocks = blocks_for(part.columns), .blocks_y = parts, .threads = threads};
  return launch("dunlin_column_sums", shape, part);
}

result<void> cuda_backend::perform(const softmax_call& call) {
  return launch("dunlin_softmax", {.blocks = blocks_for_rows(call.rows), .threads = threads}, call);
}

result<void> cuda_backend::perform(const top_k_call& call) {
  return launch("dunlin_top_k", {.blocks = blocks_for_rows(call.rows), .threads = threads}, call);
}

result<void> cuda_backend::perform(const kmeans_call& call) {
  auto between = partial();
  if (!between) return fail(std::move(between.error()));
  const auto blocks = std::min(blocks_for(call.count * 32), most_reducing_blocks);
  if (auto done = launch("dunlin_kmeans_assign", {.blocks = blocks, .threads = threads},
                         first_pass<kmeans_call>{call, *between});
      !done)
    return done;
  if (auto done =
          launch("dunlin_join_sums", {.blocks = 1, .threads = threads}, last_pass{blocks, *between, call.distance});
      !done)
    return done;
  const launch_shape move{
      .blocks = call.clusters,
      .blocks_y = static_cast<std::uint32_t>(std::min<std::uint64_t>(parts_of(call.dimensions, 32), most_grid_y)),
      .threads = 32,
      .threads_y = 32};
  return launch("dunlin_kmeans_move", move, call);
}

template <class Call>
result<void> cuda_backend::multiply(const Call& call) {
  if (parts_.may_run)
    if (auto may = parts_.may_run(); !may) return may;
  auto with = products();
  if (!with) return fail(std::move(with.error()));
  return (*with)->run(call);
}

result<void> cuda_backend::perform(const gemm_call& call) {
  auto exact = call;
  if (call.precision == product_precision::usual) exact.precision = parts_.usual_precision;
  return multiply(exact);
}
result<void> cuda_backend::perform(const half_gemm_call& call) { return multiply(call); }

}  // namespace dunlin::cuda
