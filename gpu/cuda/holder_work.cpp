// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/holder_work.hpp"

#include <algorithm>
#include <utility>

#include "gpu/cuda/stream_graph.hpp"
#include "gpu/memory/memory_stream.hpp"

namespace dunlin::cuda {

namespace {

/// Kept by one holder.
constexpr std::size_t most_contexts = 4;
/// For products: cuBLAS's own advice for Hopper, and what it takes elsewhere, which is enough beside others.
constexpr std::uint64_t main_workspace_bytes = std::uint64_t{32} << 20;
constexpr std::uint64_t side_workspace_bytes = std::uint64_t{4} << 20;

tl::unexpected<error> nested() {
  return fail(errc::conflict, "work is recorded or forked already", "one within the other is not possible");
}

}  // namespace

result<std::shared_ptr<holder_work>> holder_work::make(std::shared_ptr<gpu_parts> parts, std::uint64_t cap_bytes,
                                                       const std::string& name) {
  std::shared_ptr<holder_work> made{new holder_work(std::move(parts))};
  if (auto opened = made->open(cap_bytes, name); !opened) return fail(std::move(opened.error()));
  return made;
}

/// On whatever thread: the last of a holder may be gone long after its steps.
holder_work::~holder_work() {
  static_cast<void>(parts_->context->make_current_if_none());
  if (progress_ != nullptr) progress_->wait_until_idle();
  sides_.reset();
  main_.kernels.reset();
  memory_.reset();
  staging_.reset();
  if (progress_ != nullptr) progress_->follow(nullptr);
}

result<void> holder_work::open(std::uint64_t cap_bytes, const std::string& name) {
  auto progress = stream_progress::make(parts_->words);
  if (!progress) return fail(std::move(progress.error()));
  progress_ = std::move(*progress);
  auto memory = arena::make(parts_->budget, cap_bytes, name, parts_->pool->open_stream(progress_));
  if (!memory) return fail(std::move(memory.error()));
  memory_ = std::move(*memory);
  staging_ = parts_->staging->open_stream(progress_);
  return settle(parts_->context);
}

/// What is in the old stream is done, so that its memory may be used from the new one.
result<void> holder_work::settle(std::shared_ptr<gpu_context> context) {
  auto next = open_lane(context, main_workspace_bytes);
  if (!next) return fail(std::move(next.error()));
  if (main_.on != nullptr)
    if (auto back = main_.on->context()->make_current(); !back) return back;
  sides_.reset();
  main_.kernels.reset();
  if (auto there = context->make_current(); !there) return there;
  times_ = std::make_unique<step_times>(context);
  progress_->follow(nullptr);
  main_ = std::move(*next);
  progress_->follow(main_.on);
  sides_ = std::make_unique<side_lanes>(
      [this, context = std::move(context)] { return open_lane(context, side_workspace_bytes); },
      parts_->settings.num_streams);
  return {};
}

result<work_lane> holder_work::open_lane(std::shared_ptr<gpu_context> context, std::uint64_t workspace_bytes) {
  auto opened = stream::make(std::move(context), parts_->settings.urgent_streams);
  if (!opened) return fail(std::move(opened.error()));
  auto kernels = std::make_unique<cuda_backend>(backend_parts{.code = parts_->code,
                                                              .on = opened->get(),
                                                              .memory = memory_.get(),
                                                              .cublas = parts_->cublas,
                                                              .handles = parts_->handles,
                                                              .workspace_bytes = workspace_bytes,
                                                              .usual_precision = parts_->settings.precision,
                                                              .may_run = [this] { return check_runs(); }});
  return work_lane{std::move(*opened), std::move(kernels)};
}

result<std::shared_ptr<gpu_context>> holder_work::context_of(const std::vector<std::uint32_t>& units) {
  if (units.empty() || units.size() == parts_->groups.groups.size() || parts_->groups.groups.empty())
    return parts_->context;
  const auto known = std::ranges::find(
      contexts_, units, [](const auto& one) -> const auto& { return one.first; });
  if (known != contexts_.end()) {
    std::rotate(known, known + 1, contexts_.end());
    return contexts_.back().second;
  }
  auto made = gpu_context::green(parts_->context, parts_->groups.of(units));
  if (!made) return made;
  if (contexts_.size() == most_contexts) contexts_.erase(contexts_.begin());
  contexts_.emplace_back(units, *made);
  return made;
}

result<void> holder_work::go_to(const std::vector<std::uint32_t>& units) {
  if (is_apart_) return nested();
  if (units == units_) return main_.on->context()->make_current();
  if (auto done = parts_->health.note(main_.on->finish()); !done) return done;
  auto context = context_of(units);
  if (!context) return fail(std::move(context.error()));
  if (auto settled = settle(std::move(*context)); !settled) return settled;
  const std::lock_guard lock{mutex_};
  units_ = units;
  return {};
}

result<void> holder_work::begin(const std::vector<std::shared_ptr<stream_progress>>& before) {
  if (runs_) return {};
  for (const auto& one : before)
    if (auto held = parts_->health.note(one->hold_back(*main_.on)); !held) return held;
  auto begun = parts_->health.note(times_->begin(*main_.on));
  runs_ = begun.has_value();
  return begun;
}

std::uint64_t holder_work::end() {
  if (!std::exchange(runs_, false)) return 0;
  const auto busy = parts_->health.note(times_->end(*main_.on));
  progress_->mark();
  return busy.value_or(0);
}

std::uint64_t holder_work::leave() {
  const auto last = end();
  return last + parts_->health.note(times_->finish()).value_or(0);
}

std::size_t holder_work::unit_count() const {
  const std::lock_guard lock{mutex_};
  return units_.size();
}

bool holder_work::has_units_of(const std::vector<std::uint32_t>& units) const {
  const std::lock_guard lock{mutex_};
  if (units_.empty() || units.empty()) return true;
  return std::ranges::any_of(units, [this](auto unit) { return std::ranges::find(units_, unit) != units_.end(); });
}

result<void> holder_work::check_runs() const {
  if (runs_ && !shut_) return {};
  return fail(errc::lease_expired, "no step runs that may use the GPU", "work between two calls of next_step");
}

result<void> holder_work::copy(void* to, const void* from, std::uint64_t bytes) {
  if (auto runs = check_runs(); !runs) return runs;
  return parts_->health.note(copy_in_pieces(static_cast<std::byte*>(to), static_cast<const std::byte*>(from), bytes));
}

/// The driver copies within one piece of pinned memory only, and a page of the staging pool is one.
result<void> holder_work::copy_in_pieces(std::byte* to, const std::byte* from, std::uint64_t bytes) {
  while (bytes > 0) {
    const auto now = std::min({bytes, parts_->bytes_to_page_end(to), parts_->bytes_to_page_end(from)});
    if (auto put = now_->on->copy(to, from, now); !put) return put;
    to += now;
    from += now;
    bytes -= now;
  }
  return {};
}

result<std::shared_ptr<device_code>> holder_work::load(std::span<const std::byte> image) {
  auto loaded = parts_->health.note(kernel_code::load(parts_->context, {&image, 1}));
  if (!loaded) return fail(std::move(loaded.error()));
  loaded_.push_back(*loaded);
  return std::shared_ptr<device_code>(std::move(*loaded));
}

result<void> holder_work::launch(device_code& code, const std::string& function, const launch_shape& shape,
                                 std::span<void*> arguments) {
  if (auto runs = check_runs(); !runs) return runs;
  auto* kernels = dynamic_cast<kernel_code*>(&code);
  if (kernels == nullptr) return fail(errc::invalid_argument, "the code was loaded for another device", {}, "code");
  return parts_->health.note(kernels->launch_with(*now_->on, function, shape, arguments.data()));
}

namespace {

/// Work goes elsewhere than to the stream whose progress is told: nothing may be asked of that meanwhile, and what is
/// freed is free behind it.
class apart {
 public:
  apart(stream_progress& progress, bool& is_apart) : progress_(progress), is_apart_(is_apart) {
    is_apart_ = true;
    progress_.set_recording(true);
  }
  ~apart() {
    progress_.set_recording(false);
    is_apart_ = false;
  }
  apart(const apart&) = delete;
  apart& operator=(const apart&) = delete;

 private:
  stream_progress& progress_;
  bool& is_apart_;
};

}  // namespace

/// What kernels need of memory they take before: nothing may be allocated, or asked of the stream, meanwhile.
result<std::shared_ptr<recorded_work>> holder_work::record(const std::function<result<void>()>& work) {
  if (auto runs = check_runs(); !runs) return fail(std::move(runs.error()));
  if (is_apart_) return nested();
  if (auto ready = parts_->health.note(main_.kernels->prepare()); !ready) return fail(std::move(ready.error()));
  const apart now{*progress_, is_apart_};
  auto recorded = parts_->health.note(stream_graph::record(main_.on, work));
  if (!recorded) return fail(std::move(recorded.error()));
  return std::shared_ptr<recorded_work>(std::move(*recorded));
}

result<void> holder_work::fork_join(std::span<const std::function<result<void>()>> works) {
  if (auto runs = check_runs(); !runs) return runs;
  if (is_apart_) return nested();
  const apart now{*progress_, is_apart_};
  if (auto forked = fork(); !forked) return forked;
  result<void> done;
  try {
    done = in_lanes(works);
  } catch (...) {
    static_cast<void>(join());
    throw;
  }
  auto joined = join();
  return done ? joined : done;
}

result<void> holder_work::fork() {
  const std::lock_guard lock{lanes_mutex_};
  has_forked_ = true;
  return parts_->health.note(sides_->fork(*main_.on));
}

result<void> holder_work::join() {
  const std::lock_guard lock{lanes_mutex_};
  has_forked_ = false;
  now_ = &main_;
  return parts_->health.note(sides_->join(*main_.on));
}

/// What it has put into other streams counts too for who comes next.
void holder_work::shut() noexcept {
  shut_ = true;
  const std::lock_guard lock{lanes_mutex_};
  if (has_forked_) {
    static_cast<void>(parts_->health.note(sides_->join(*main_.on)));
    progress_->set_recording(false);
  }
  progress_->mark();
}

result<void> holder_work::go_to_next_lane() {
  const std::lock_guard lock{lanes_mutex_};
  if (auto runs = check_runs(); !runs) return runs;
  const auto lane = parts_->health.note(sides_->next());
  if (!lane) return fail(error{lane.error()});
  now_ = *lane;
  return {};
}

result<void> holder_work::in_lanes(std::span<const std::function<result<void>()>> works) {
  for (const auto& work : works) {
    if (auto went = go_to_next_lane(); !went) return went;
    if (auto done = work(); !done) return done;
  }
  return {};
}

result<void> holder_work::replay(const recorded_work& what) {
  if (auto runs = check_runs(); !runs) return runs;
  const auto* graph = dynamic_cast<const stream_graph*>(&what);
  if (graph == nullptr) return fail(errc::invalid_argument, "the work was recorded on another device", {}, "what");
  return parts_->health.note(graph->replay(now_->on));
}

result<void> holder_work::finish() { return parts_->health.note(now_->on->finish()); }

void* holder_work::native_stream() noexcept { return check_runs() ? now_->on->handle() : nullptr; }

}  // namespace dunlin::cuda
