// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/node/test_agents.hpp"

#include <time.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>

#include "tests/actors/node/gate.hpp"

namespace dunlin::testing {

namespace {

std::string cut_word(std::string& text) {
  const auto blank = text.find(' ');
  auto word = text.substr(0, blank);
  text = blank == std::string::npos ? "" : text.substr(blank + 1);
  return word;
}

[[noreturn]] void crash() {
  std::fputs("the pivot is zero\n", stderr);
  std::signal(SIGSEGV, SIG_DFL);  // a sanitizer would make an exit code of it
  std::raise(SIGSEGV);
  std::abort();
}

void burn(std::int64_t wanted_ms) {
  const auto used = []() -> std::int64_t {
    timespec at{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return at.tv_sec * 1'000'000'000 + at.tv_nsec;
  };
  const auto end = used() + wanted_ms * 1'000'000;
  while (used() < end) {
  }
}

result<bytes> hang(gate* at) {
  if (at == nullptr)
    for (;;) ::pause();
  at->wait();
  return to_bytes("too late");
}

result<bytes> attend(const task_context& task, gate* at) {
  if (at != nullptr) at->visit();
  while (!task.cancelled()) std::this_thread::yield();
  if (at != nullptr) at->leave();
  return fail(errc::cancelled, "stopped as asked");
}

result<bytes> halves(task_context& task) {
  task.progress(50, "half", 1, 2);
  if (auto kept = task.save_checkpoint(to_bytes("half")); !kept) return fail(std::move(kept.error()));
  task.progress(100, "whole", 2, 2);
  return bytes{};
}

result<bytes> take_memory(task_context& task, std::size_t wanted) {
  std::pmr::vector<std::byte> taken(wanted, &task.memory());
  return to_bytes(std::to_string(taken.size()));
}

result<bytes> tell_facts(const task_context& task) {
  return to_bytes("attempt " + std::to_string(task.attempt()) + ", checkpoint '" +
                  std::string{as_text(task.checkpoint())} + "', " + (task.time_left() ? "bounded" : "endless") +
                  ", on " + task.self().node);
}

result<bytes> tell_lease(const task_context& task) {
  const auto* lease = task.lease();
  if (lease == nullptr) return to_bytes("none");
  return to_bytes("device " + std::to_string(lease->device.value) + " token " + std::to_string(lease->token));
}

/// Has so many bytes until the gate opens.
result<bytes> hold_memory(task_context& task, std::size_t count, gate* at) {
  const std::pmr::vector<std::byte> held(count, &task.memory());
  return hang(at);
}

result<bytes> work_in_steps(task_context& task, int steps) {
  for (int i = 0; i < steps; ++i)
    if (auto next = task.next_step(); !next) return fail(std::move(next.error()));
  return tell_lease(task);
}

/// Adds up the numbers 1 to `count` with the kernels of its share, once a step.
result<bytes> add_up(task_context& task, std::uint64_t count) {
  std::pmr::vector<float> numbers(count, &task.memory());
  std::iota(numbers.begin(), numbers.end(), 1.0F);
  float before = 0;
  float after = 0;
  if (auto added = task.kernels().run(sum_call{count, numbers.data(), &before}); !added) return fail(added.error());
  if (auto next = task.next_step(); !next) return fail(std::move(next.error()));
  if (auto added = task.kernels().run(sum_call{count, numbers.data(), &after}); !added) return fail(added.error());
  return to_bytes(std::to_string(static_cast<std::uint64_t>(before)) + " " +
                  std::to_string(static_cast<std::uint64_t>(after)));
}

/// Returns how many steps it used of what, as its own context says.
result<bytes> tell_use(task_context& task, int steps) {
  if (auto worked = work_in_steps(task, steps); !worked) return worked;
  const auto used = task.used();
  return to_bytes(std::to_string(used.launches) + " steps, " + std::string{to_string(used.busy_is)} + ", of " +
                  std::to_string(task.lease() == nullptr ? 0 : task.lease()->requested.compute_milli) + " milli");
}

result<bytes> pace(task_context& task, gate* at) {
  if (at == nullptr) return fail(errc::invalid_argument, "there is no gate here");
  at->visit();
  std::set<fencing_token> tokens;
  result<void> next;
  do {
    if (task.lease() != nullptr) tokens.insert(task.lease()->token);
    next = task.next_step();
  } while (next && !at->is_open());
  at->leave();
  if (!next) return fail(std::move(next.error()));
  if (task.lease() != nullptr) tokens.insert(task.lease()->token);  // of a switch that came before it had a turn
  return to_bytes(std::to_string(tokens.size()));
}

result<bytes> add(task_context& task, const agent_address& to) {
  auto answer = task.ask<sum>(to, add_numbers{20, 22});
  if (!answer) return fail(std::move(answer.error()));
  return to_bytes(std::to_string(answer->value) + " for " + answer->at);
}

result<bytes> ask_for_sum(task_context& task, std::string text) {
  const auto kind = cut_word(text);
  auto found = task.find(kind, text);
  if (!found) return fail(std::move(found.error()));
  return add(task, *found);
}

result<bytes> spawn_one(task_context& task, std::string text) {
  const auto kind = cut_word(text);
  auto started = task.spawn(kind, text);
  if (!started) return fail(std::move(started.error()));
  return to_bytes(started->node + " " + std::to_string(started->agent.value));
}

result<bytes> tell(task_context& task, std::string text) {
  agent_address to{"", {}, {std::stoull(cut_word(text))}};
  to.node = text;
  to.epoch = {std::hash<std::string>{}(text)};  // the rig derives a node's life from its name
  return add(task, to);
}

}  // namespace

result<bytes> obedient_agent::handle(task_context& task) {
  ++handled_;
  std::string text{as_text(task.payload())};
  const auto word = cut_word(text);
  if (word == "echo") return to_bytes(text);
  if (word == "count") return to_bytes(std::to_string(handled_));
  if (word == "throw") throw std::runtime_error(text);
  if (word == "throw-number") throw 7;
  if (word == "fail") return fail(errc::invalid_argument, text, "try an even number");
  if (word == "huge") return bytes(max_inline_bytes + 1);
  if (word == "hang") return hang(gate_);
  if (word == "attend") return attend(task, gate_);
  if (word == "report") return task.progress(10, text), bytes{};
  if (word == "halves") return halves(task);
  if (word == "hold") return hold_memory(task, std::stoull(text), gate_);
  if (word == "memory") return take_memory(task, std::stoull(text));
  if (word == "facts") return tell_facts(task);
  if (word == "left") return to_bytes(std::to_string(task.time_left().value_or(-1ms) / 1ms));
  if (word == "lease") return tell_lease(task);
  if (word == "steps") return work_in_steps(task, std::stoi(text));
  if (word == "sum") return add_up(task, std::stoull(text));
  if (word == "use") return tell_use(task, std::stoi(text));
  if (word == "pace") return pace(task, gate_);
  if (word == "segfault") crash();
  if (word == "burn") return burn(std::stoll(text)), bytes{};
  if (word == "add") return ask_for_sum(task, text);
  if (word == "spawn") return spawn_one(task, text);
  if (word == "tell") return tell(task, text);
  return fail(errc::unknown_kind, "no such word: " + word);
}

result<bytes> obedient_agent::receive(const agent_message& message) {
  auto numbers = message.as<add_numbers>();
  if (!numbers) return fail(std::move(numbers.error()));
  return codec::to_wire(sum{numbers->left + numbers->right, message.from.node});
}

std::vector<agent_kind> obedient_kinds(gate* at, std::uint32_t instances) {
  const auto make = [at] { return std::make_unique<obedient_agent>(at); };
  return {{"work", {}, isolation_mode::thread, instances, "1", make},
          {"quick", {}, isolation_mode::async, instances, "1", make}};
}

std::vector<agent_kind> child_kinds() { return {kind_of<obedient_agent>("apart", {}, isolation_mode::process, 2)}; }

}  // namespace dunlin::testing
