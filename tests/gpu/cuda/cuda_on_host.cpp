// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/cuda/cuda_on_host.hpp"

#include <gtest/gtest.h>
#include <setjmp.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <vector>

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

namespace dunlin::testing {

namespace {

constexpr std::size_t stack_bytes = 64 * 1'024;
constexpr unsigned int lanes = 32;

/// A stack for the sanitizers, which have to be told where a switch goes: before it, and after it there.
class stack_mark {
 public:
  /// That of the calling thread.
  stack_mark() = default;
  /// Of a fiber.
  explicit stack_mark(const std::byte* bottom) : bottom_(bottom), bytes_(stack_bytes) {
#ifdef __SANITIZE_THREAD__
    fiber_ = __tsan_create_fiber(0);
    owned_ = true;
#endif
  }
  ~stack_mark() {
#ifdef __SANITIZE_THREAD__
    if (owned_) __tsan_destroy_fiber(fiber_);
#endif
  }
  stack_mark(const stack_mark&) = delete;
  stack_mark& operator=(const stack_mark&) = delete;

  void before_switch_to([[maybe_unused]] stack_mark& next) {
#ifdef __SANITIZE_THREAD__
    if (fiber_ == nullptr) fiber_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(next.fiber_, 0);
#endif
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_start_switch_fiber(&fake_, next.bottom_, next.bytes_);
#endif
  }
  void after_switch_here([[maybe_unused]] stack_mark& from) {
#ifdef __SANITIZE_ADDRESS__
    const void* bottom = nullptr;
    std::size_t bytes = 0;
    __sanitizer_finish_switch_fiber(fake_, &bottom, &bytes);
    if (from.bottom_ == nullptr) from.bottom_ = bottom, from.bytes_ = bytes;
#endif
  }

 private:
  [[maybe_unused]] const void* bottom_ = nullptr;
  [[maybe_unused]] std::size_t bytes_ = 0;
  [[maybe_unused]] void* fake_ = nullptr;
  [[maybe_unused]] void* fiber_ = nullptr;
  [[maybe_unused]] bool owned_ = false;
};

/// Opens when everybody who is still there has come.
struct barrier {
  unsigned int members = 0;
  unsigned int arrived = 0;
  std::uint64_t opened = 0;

  void open_if_all_are_here() {
    if (arrived == 0 || arrived < members) return;
    arrived = 0;
    ++opened;
  }
};

struct warp_state {
  barrier meets;
  std::array<std::array<std::uint32_t, lanes>, 2> bits{};  ///< of this exchange and the one before
};

struct fiber {
  ucontext_t context{};  ///< how it begins
  jmp_buf left_at{};     ///< and goes on: without the two system calls that a switch of contexts takes
  bool began = false;
  std::unique_ptr<std::byte[]> stack = std::make_unique_for_overwrite<std::byte[]>(stack_bytes);
  stack_mark mark{stack.get()};
  place_in_grid place;
  warp_state* warp = nullptr;
  const barrier* waits_for = nullptr;
  std::uint64_t until = 0;
  std::size_t exchanges = 0;
  bool ended = false;
};

/// The threads of one block, and of the next ones after it.
class block_of_fibers {
 public:
  explicit block_of_fibers(size_of_grid size) : size_(size) {
    const auto count = size.x * size.y * size.z;
    fibers_.reserve(count);
    while (fibers_.size() < count) fibers_.push_back(take_fiber());
    warps_.resize((count + lanes - 1) / lanes);
  }
  ~block_of_fibers() { std::ranges::move(fibers_, std::back_inserter(spare_)); }
  block_of_fibers(const block_of_fibers&) = delete;
  block_of_fibers& operator=(const block_of_fibers&) = delete;

  void run(const std::function<void()>& body) {
    body_ = &body;
    current_ = this;
    begin();
    while (sweep()) {
    }
    for (const auto& one : fibers_)
      if (!one->ended) {
        ADD_FAILURE() << "a kernel's thread " << one->place.x << " waits at a barrier that others miss";
        break;
      }
    current_ = nullptr;
  }

  void wait_at(barrier& here) {
    fiber& me = *running_;
    ++here.arrived;
    me.waits_for = &here;
    me.until = here.opened + 1;
    here.open_if_all_are_here();
    leave(me);
  }

  [[nodiscard]] fiber& running() const { return *running_; }
  barrier& all() { return all_; }
  static block_of_fibers& current() { return *current_; }

 private:
  /// Stacks are kept for the next kernel: new ones would be most of a small one's time.
  static std::unique_ptr<fiber> take_fiber() {
    if (spare_.empty()) return std::make_unique<fiber>();
    auto out = std::move(spare_.back());
    spare_.pop_back();
    return out;
  }

  void begin() {
    all_ = {static_cast<unsigned int>(fibers_.size())};
    for (auto& warp : warps_) warp = {};
    for (unsigned int i = 0; i < fibers_.size(); ++i) {
      auto& one = *fibers_[i];
      one.place = {i % size_.x, i / size_.x % size_.y, i / size_.x / size_.y};
      one.warp = &warps_[i / lanes];
      ++one.warp->meets.members;
      one.waits_for = nullptr;
      one.exchanges = 0;
      one.ended = false;
      one.began = false;
      getcontext(&one.context);
      one.context.uc_stack.ss_sp = one.stack.get();
      one.context.uc_stack.ss_size = stack_bytes;
      makecontext(&one.context, &block_of_fibers::enter, 0);
    }
  }

  /// Lets everybody on who may go on; false if nobody may.
  bool sweep() {
    bool moved = false;
    for (const auto& one : fibers_) {
      if (one->ended || (one->waits_for != nullptr && one->waits_for->opened < one->until)) continue;
      one->waits_for = nullptr;
      resume(*one);
      moved = true;
    }
    return moved;
  }

  [[gnu::noinline]] void resume(fiber& one) {
    running_ = &one;
    here_thread = one.place;
    outside_mark_.before_switch_to(one.mark);
    if (_setjmp(outside_) != 0) return outside_mark_.after_switch_here(running_->mark);
    if (one.began) _longjmp(one.left_at, 1);
    one.began = true;
    setcontext(&one.context);
  }

  [[gnu::noinline]] void leave(fiber& me) {
    me.mark.before_switch_to(outside_mark_);
    if (_setjmp(me.left_at) == 0) _longjmp(outside_, 1);
    me.mark.after_switch_here(outside_mark_);
  }

  static void enter() {
    auto& block = *current_;
    block.running_->mark.after_switch_here(block.outside_mark_);
    (*block.body_)();
    fiber& me = *block.running_;
    me.ended = true;
    for (auto* one : {&block.all_, &me.warp->meets}) {
      --one->members;
      one->open_if_all_are_here();
    }
    me.mark.before_switch_to(block.outside_mark_);
    _longjmp(block.outside_, 1);
  }

  static thread_local block_of_fibers* current_;
  static thread_local std::vector<std::unique_ptr<fiber>> spare_;
  const size_of_grid size_;
  std::vector<std::unique_ptr<fiber>> fibers_;
  std::vector<warp_state> warps_;
  barrier all_;
  const std::function<void()>* body_ = nullptr;
  fiber* running_ = nullptr;
  jmp_buf outside_{};
  stack_mark outside_mark_;
};

thread_local block_of_fibers* block_of_fibers::current_ = nullptr;
thread_local std::vector<std::unique_ptr<fiber>> block_of_fibers::spare_;

}  // namespace

void run_grid(size_of_grid grid, size_of_grid block, const std::function<void()>& body) {
  block_of_fibers threads{block};
  here_block_size = block;
  here_grid_size = grid;
  for (unsigned int z = 0; z < grid.z; ++z)
    for (unsigned int y = 0; y < grid.y; ++y)
      for (unsigned int x = 0; x < grid.x; ++x) {
        here_block = {x, y, z};
        threads.run(body);
      }
}

void wait_for_block() {
  auto& block = block_of_fibers::current();
  block.wait_at(block.all());
}

std::uint32_t exchange_in_warp(std::uint32_t bits, unsigned int other) {
  auto& block = block_of_fibers::current();
  auto& me = block.running();
  // Whoever comes to the exchange after the next has been past the next one's barrier, and so has everybody read this.
  auto& slots = me.warp->bits[me.exchanges++ % 2];
  slots[(me.place.x + me.place.y * here_block_size.x) % lanes] = bits;
  block.wait_at(me.warp->meets);
  return slots[other];
}

}  // namespace dunlin::testing
