// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "coordination/export.hpp"

namespace dunlin {

/// A lock that the first thread that takes it takes without an atomic read-modify-write, a third of its cost, for as
/// long as no second thread works under it. Whoever only looks in now and then, a visitor, pays instead: a system call
/// that makes the owner's stores visible (membarrier(2)). With a second thread at work it is a spin lock. So it is from
/// the start where the kernel has no such call.
/// Source: Dice, Huang, Yang: Asymmetric Dekker synchronization, Sun Microsystems 2001.
class DUNLIN_EXPORT biased_lock {
 public:
  biased_lock() = default;
  biased_lock(const biased_lock&) = delete;
  biased_lock& operator=(const biased_lock&) = delete;

  /// Holds the lock; as a visitor it leaves the owner the owner.
  class DUNLIN_EXPORT guard {
   public:
    [[gnu::always_inline]] explicit guard(biased_lock& lock) noexcept : lock_(lock), is_owner_(lock.enter_as_owner()) {
      if (!is_owner_) lock.enter();
    }
    [[gnu::always_inline]] ~guard() {
      if (is_owner_)
        lock_.busy_.store(false, std::memory_order_release);
      else
        lock_.leave();
    }
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;

   private:
    biased_lock& lock_;
    const bool is_owner_;
  };

  /// Holds the lock if that is as cheap as it can be: the owner's, and no visitor inside.
  class DUNLIN_EXPORT quick {
   public:
    [[gnu::always_inline]] explicit quick(biased_lock& lock) noexcept
        : lock_(lock), is_inside_(lock.enter_as_owner()) {}
    [[gnu::always_inline]] ~quick() {
      if (is_inside_) lock_.busy_.store(false, std::memory_order_release);
    }
    quick(const quick&) = delete;
    quick& operator=(const quick&) = delete;
    explicit operator bool() const noexcept { return is_inside_; }

   private:
    biased_lock& lock_;
    const bool is_inside_;
  };

  class DUNLIN_EXPORT visit {
   public:
    explicit visit(biased_lock& lock) noexcept : lock_(lock) { lock.enter_as_visitor(); }
    ~visit() { lock_.leave(); }
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;

   private:
    biased_lock& lock_;
  };

 private:
  static std::uintptr_t this_thread() noexcept { return reinterpret_cast<std::uintptr_t>(__builtin_thread_pointer()); }

  bool enter_as_owner() noexcept {
    if (owner_.load(std::memory_order_relaxed) != this_thread()) return false;
    busy_.store(true, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);  // the other side's membarrier makes it a whole one
    if (!closed_.load(std::memory_order_acquire)) return true;
    busy_.store(false, std::memory_order_release);
    return false;
  }
  void enter() noexcept;
  void enter_as_visitor() noexcept;
  void leave() noexcept;
  void keep_owner_out() noexcept;

  static constexpr std::uintptr_t nobody = 0;
  static constexpr std::uintptr_t everybody = 1;  ///< a second thread has come: a spin lock from now on

  std::atomic<std::uintptr_t> owner_{nobody};
  std::atomic<bool> busy_{false};    ///< the owner is inside; written by it alone
  std::atomic<bool> closed_{false};  ///< the owner has to take the spin lock like the others
  std::atomic_flag spin_;
};

}  // namespace dunlin
