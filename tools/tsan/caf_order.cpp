// SPDX-License-Identifier: Apache-2.0
// Tells ThreadSanitizer what Debian's libcaf_core, which is not instrumented, orders by atomics it cannot see:
// what happened before a message was enqueued happened before its handler runs, one handler of an actor happened
// before the next, and every release of an actor happened before its destruction. Without this each message between
// two threads looks like a race; suppressing those would hide the races in handlers too.
// Linked before libcaf_core in builds with DUNLIN_SANITIZERS=thread, each function stands in for CAF's of that name.
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include <caf/mailbox_element.hpp>
#include <cstdio>
#include <cstdlib>

namespace {

/// Returns CAF's own function; the process ends with its name if this CAF has none.
template <class Function>
Function* next(const char* symbol) {
  void* found = dlsym(RTLD_NEXT, symbol);
  if (found != nullptr) return reinterpret_cast<Function*>(found);
  std::fprintf(stderr, "tsan: libcaf_core has no %s\n", symbol);
  std::abort();
}

}  // namespace

// The duration in blocking_actor::await_data(deadline) is one word, passed like one.
#define SCHEDULED "_ZN3caf15scheduled_actor"
#define BLOCKING "_ZN3caf14blocking_actor"
#define MAILBOX_ELEMENT "ESt10unique_ptrINS_15mailbox_elementENS_6detail8disposerEEPNS_14execution_unitE"
#define DEADLINE "ENSt6chrono10time_pointINS1_3_V212system_clockENS1_8durationIlSt5ratioILl1ELl1000000000EEEEEE"
#define STANDS_IN_FOR(symbol) asm(symbol) __attribute__((visibility("default")))

extern "C" {

void scheduled_enqueue(void* self, void* element, void* unit) STANDS_IN_FOR(SCHEDULED "7enqueue" MAILBOX_ELEMENT);
void scheduled_enqueue(void* self, void* element, void* unit) {
  static auto* caf = next<void(void*, void*, void*)>(SCHEDULED "7enqueue" MAILBOX_ELEMENT);
  __tsan_release(self);
  caf(self, element, unit);
}

void scheduled_launch(void* self, void* unit, bool lazy, bool hide)
    STANDS_IN_FOR(SCHEDULED "6launchEPNS_14execution_unitEbb");
void scheduled_launch(void* self, void* unit, bool lazy, bool hide) {
  static auto* caf = next<void(void*, void*, bool, bool)>(SCHEDULED "6launchEPNS_14execution_unitEbb");
  __tsan_release(self);
  caf(self, unit, lazy, hide);
}

bool scheduled_activate(void* self, void* unit) STANDS_IN_FOR(SCHEDULED "8activateEPNS_14execution_unitE");
bool scheduled_activate(void* self, void* unit) {
  static auto* caf = next<bool(void*, void*)>(SCHEDULED "8activateEPNS_14execution_unitE");
  __tsan_acquire(self);
  const bool active = caf(self, unit);
  __tsan_release(self);
  return active;
}

int scheduled_reactivate(void* self, void* element) STANDS_IN_FOR(SCHEDULED "10reactivateERNS_15mailbox_elementE");
int scheduled_reactivate(void* self, void* element) {
  static auto* caf = next<int(void*, void*)>(SCHEDULED "10reactivateERNS_15mailbox_elementE");
  __tsan_acquire(self);
  const int result = caf(self, element);
  __tsan_release(self);
  return result;
}

void blocking_enqueue(void* self, void* element, void* unit) STANDS_IN_FOR(BLOCKING "7enqueue" MAILBOX_ELEMENT);
void blocking_enqueue(void* self, void* element, void* unit) {
  static auto* caf = next<void(void*, void*, void*)>(BLOCKING "7enqueue" MAILBOX_ELEMENT);
  __tsan_release(self);
  caf(self, element, unit);
}

caf::mailbox_element_ptr blocking_dequeue(void* self) STANDS_IN_FOR(BLOCKING "7dequeueEv");
caf::mailbox_element_ptr blocking_dequeue(void* self) {
  static auto* caf = next<caf::mailbox_element_ptr(void*)>(BLOCKING "7dequeueEv");
  auto element = caf(self);
  __tsan_acquire(self);
  return element;
}

void blocking_await(void* self) STANDS_IN_FOR(BLOCKING "10await_dataEv");
void blocking_await(void* self) {
  static auto* caf = next<void(void*)>(BLOCKING "10await_dataEv");
  caf(self);
  __tsan_acquire(self);
}

bool blocking_await_until(void* self, long deadline_ns) STANDS_IN_FOR(BLOCKING "10await_data" DEADLINE);
bool blocking_await_until(void* self, long deadline_ns) {
  static auto* caf = next<bool(void*, long)>(BLOCKING "10await_data" DEADLINE);
  const bool found = caf(self, deadline_ns);
  __tsan_acquire(self);
  return found;
}

void release_actor(void* block) STANDS_IN_FOR("_ZN3caf21intrusive_ptr_releaseEPNS_19actor_control_blockE");
void release_actor(void* block) {
  static auto* caf = next<void(void*)>("_ZN3caf21intrusive_ptr_releaseEPNS_19actor_control_blockE");
  __tsan_acquire(block);
  __tsan_release(block);
  caf(block);
}

void release_actor_weak(void* block) STANDS_IN_FOR("_ZN3caf26intrusive_ptr_release_weakEPNS_19actor_control_blockE");
void release_actor_weak(void* block) {
  static auto* caf = next<void(void*)>("_ZN3caf26intrusive_ptr_release_weakEPNS_19actor_control_blockE");
  __tsan_acquire(block);
  __tsan_release(block);
  caf(block);
}

}  // extern "C"
