// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/dispatch_client.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "cli/bench/samples.hpp"

namespace dunlin::bench {

namespace {

using clock_type = std::chrono::steady_clock;

constexpr auto bench_kind = "bench";
constexpr std::uint64_t client_listener = 1;

/// What a task carries and what its agent must bring back.
struct ticket {
  std::uint64_t number = 0;
  std::uint64_t check = 0;
};

std::uint64_t check_of(const task_id& id, std::uint64_t number) {
  return ((id.high ^ number) * 0x9e3779b97f4a7c15U) ^ (id.low * 0xd6e8feb86659fd93U);
}

bytes to_raw(const ticket& of) {
  bytes out(sizeof of);
  std::memcpy(out.data(), &of, sizeof of);
  return out;
}

ticket to_ticket(bytes_view raw) {
  ticket out;
  if (raw.size() == sizeof out) std::memcpy(&out, raw.data(), sizeof out);
  return out;
}

class checking_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    auto seen = to_ticket(task.payload());
    seen.check = check_of(task.id(), seen.number);
    return to_raw(seen);
  }
};

struct begin_run {
  std::uint64_t count = 0;
  std::uint64_t window = 0;
  std::uint64_t batch = 1;
  std::promise<std::uint64_t>* wrong = nullptr;
  std::vector<double>* latencies_us = nullptr;  ///< filled if there is one task at a time
};

struct tasks_ended {
  std::vector<task_outcome> outcomes;
};

}  // namespace

}  // namespace dunlin::bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::bench::begin_run)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::bench::tasks_ended)

namespace dunlin::bench {

namespace {

/// Keeps `window` tasks under way, submitted `batch` at a time, and checks what comes back.
struct client_state {
  begin_run run;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t wrong = 0;
  std::vector<bool> seen;
  clock_type::time_point sent_at;
};

task_spec spec_of(std::uint64_t number) {
  task_spec out;
  out.shape.kind = bench_kind;
  out.shape.capabilities = {"bench"};
  out.priority = static_cast<std::uint8_t>(1 + number % 10);
  out.payload = to_raw({number, 0});
  return out;
}

void refill(caf::stateful_actor<client_state>* self, const orchestrator_handle& leader) {
  auto& state = self->state;
  auto room = state.run.window - (state.sent - state.received);
  while (state.sent < state.run.count && room > 0) {
    const auto size = std::min({state.run.batch, room, state.run.count - state.sent});
    if (size < state.run.batch && state.sent + size < state.run.count) return;  // wait until a whole batch fits
    std::vector<task_spec> batch;
    batch.reserve(size);
    for (std::uint64_t i = 0; i < size; ++i) batch.push_back(spec_of(state.sent++));
    room -= size;
    if (state.run.latencies_us != nullptr) state.sent_at = clock_type::now();
    self->send(leader, submit_command{std::move(batch), client_listener, {}});
  }
}

void take(client_state& state, const task_outcome& outcome) {
  const auto back = to_ticket(outcome.output);
  const bool right = outcome.code == errc::none && back.check == check_of(outcome.id, back.number) &&
                     back.number < state.run.count && !state.seen[back.number];
  if (right) state.seen[back.number] = true;
  state.wrong += right ? 0 : 1;
  ++state.received;
  if (state.run.latencies_us == nullptr) return;
  const std::chrono::duration<double, std::micro> took = clock_type::now() - state.sent_at;
  state.run.latencies_us->push_back(took.count());
}

caf::behavior client(caf::stateful_actor<client_state>* self, const orchestrator_handle& leader) {
  return {
      [=](begin_run& run) {
        self->state = {};
        self->state.run = run;
        self->state.seen.assign(run.count, false);
        refill(self, leader);
      },
      [=](const tasks_ended& ended) {
        auto& state = self->state;
        for (const auto& outcome : ended.outcomes) take(state, outcome);
        refill(self, leader);
        if (state.received == state.run.count) state.run.wrong->set_value(state.wrong);
      },
  };
}

}  // namespace

agent_kind checking_kind(std::uint32_t agents) {
  return kind_of<checking_agent>(bench_kind, {"bench"}, isolation_mode::async, agents);
}

dispatch_client::dispatch_client(local_swarm& swarm)
    : leader_(swarm.leader()), actor_(swarm.system().spawn(client, swarm.leader())) {
  caf::anon_send(swarm.leader(), add_listener{client_listener, [to = actor_](std::vector<task_outcome> outcomes) {
                                                caf::anon_send(to, tasks_ended{std::move(outcomes)});
                                              }});
}

dispatch_client::~dispatch_client() { caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown); }

double dispatch_client::rate(std::uint64_t count, std::uint64_t window, std::uint64_t batch) {
  std::promise<std::uint64_t> wrong;
  auto answer = wrong.get_future();
  const auto from = clock_type::now();
  caf::anon_send(actor_, begin_run{count, window, batch, &wrong, nullptr});
  const auto mistakes = answer.get();
  const std::chrono::duration<double> took = clock_type::now() - from;
  return mistakes == 0 ? static_cast<double>(count) / took.count() : 0;
}

double dispatch_client::one_by_one_p50_us(std::uint64_t count) {
  std::promise<std::uint64_t> wrong;
  auto answer = wrong.get_future();
  std::vector<double> latencies_us;
  latencies_us.reserve(count);
  caf::anon_send(actor_, begin_run{count, 1, 1, &wrong, &latencies_us});
  return answer.get() == 0 ? percentile(std::move(latencies_us), 0.5) : 0;
}

bool dispatch_client::fill_queue(std::uint64_t count) {
  constexpr std::uint64_t batch_tasks = 1'000;
  caf::anon_send(leader_, drain_command{});
  for (std::uint64_t queued = 0; queued < count; queued += batch_tasks) {
    std::vector<task_spec> batch;
    for (auto number = queued; number < std::min(count, queued + batch_tasks); ++number)
      batch.push_back(spec_of(number));
    auto stored = std::make_shared<std::promise<bool>>();
    auto answer = stored->get_future();
    caf::anon_send(leader_, submit_command{std::move(batch), 0,
                                           [stored](const auto& ids) { stored->set_value(ids.has_value()); }});
    if (!answer.get()) return false;
  }
  return true;
}

}  // namespace dunlin::bench
