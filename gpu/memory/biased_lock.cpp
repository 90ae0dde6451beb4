// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/biased_lock.hpp"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace dunlin {

namespace {

bool membarrier(int command) noexcept { return syscall(SYS_membarrier, command, 0U, 0) == 0; }

bool has_membarrier() noexcept {
  static const bool has = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
  return has;
}

}  // namespace

void biased_lock::enter() noexcept {
  while (spin_.test_and_set(std::memory_order_acquire))
    while (spin_.test(std::memory_order_relaxed)) sched_yield();
  const auto owner = owner_.load(std::memory_order_relaxed);
  if (owner == this_thread() || owner == everybody) return;
  if (owner == nobody && has_membarrier()) {
    owner_.store(this_thread(), std::memory_order_relaxed);
    return;
  }
  if (owner != nobody) keep_owner_out();
  closed_.store(true, std::memory_order_relaxed);
  owner_.store(everybody, std::memory_order_relaxed);
}

void biased_lock::enter_as_visitor() noexcept {
  while (spin_.test_and_set(std::memory_order_acquire))
    while (spin_.test(std::memory_order_relaxed)) sched_yield();
  const auto owner = owner_.load(std::memory_order_relaxed);
  if (owner != nobody && owner != everybody && owner != this_thread()) keep_owner_out();
}

/// Until `leave`. The owner is either seen inside, and waited for, or sees that it may not enter.
void biased_lock::keep_owner_out() noexcept {
  closed_.store(true, std::memory_order_seq_cst);
  membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
  while (busy_.load(std::memory_order_acquire)) sched_yield();
}

void biased_lock::leave() noexcept {
  if (owner_.load(std::memory_order_relaxed) != everybody) closed_.store(false, std::memory_order_release);
  spin_.clear(std::memory_order_release);
}

}  // namespace dunlin
