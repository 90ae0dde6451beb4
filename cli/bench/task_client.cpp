// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/task_client.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <future>
#include <thread>
#include <utility>

namespace dunlin::bench {

namespace {

using clock_type = std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds{10};
constexpr auto run_patience = std::chrono::seconds{120};
constexpr std::uint64_t own_listener = 1;

/// What a task carries: 64 bytes, no two alike.
struct ticket {
  std::uint64_t number = 0;
  std::array<std::uint64_t, 7> more{};
};

/// What its agent brings back.
struct stamp {
  std::uint64_t number = 0;
  std::uint64_t check = 0;
};

std::uint64_t check_of(const task_id& id, const ticket& of) {
  auto sum = (id.high ^ of.number) * 0x9e3779b97f4a7c15U ^ (id.low * 0xd6e8feb86659fd93U);
  for (const auto each : of.more) sum = (sum ^ each) * 0x9e3779b97f4a7c15U;
  return sum;
}

template <class T>
bytes to_raw(const T& of) {
  bytes out(sizeof of);
  std::memcpy(out.data(), &of, sizeof of);
  return out;
}

template <class T>
T from_raw(bytes_view raw) {
  T out;
  if (raw.size() == sizeof out) std::memcpy(&out, raw.data(), sizeof out);
  return out;
}

ticket ticket_of(std::uint64_t number) {
  ticket out{number};
  for (std::size_t i = 0; i < out.more.size(); ++i) out.more[i] = number * (i + 2);
  return out;
}

class stamping_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    const auto seen = from_raw<ticket>(task.payload());
    return to_raw(stamp{seen.number, check_of(task.id(), seen)});
  }
};

using run_result = task_client::run_result;

struct begin_run {
  std::uint64_t count = 0;
  std::uint64_t window = 0;
  std::uint64_t batch = 1;
  bool timed = false;  ///< note how long each takes; only with a window of one
  std::shared_ptr<std::promise<run_result>> done;
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

struct client_state {
  begin_run run;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::vector<bool> seen;
  clock_type::time_point sent_at;
  run_result result;
};

task_spec spec_of(std::uint64_t number) {
  task_spec out;
  out.shape.kind = ticket_kind;
  out.shape.capabilities = {ticket_kind};
  out.priority = static_cast<std::uint8_t>(1 + number % 10);
  out.payload = to_raw(ticket_of(number));
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
    if (state.run.timed) state.sent_at = clock_type::now();
    self->send(leader, submit_command{std::move(batch), own_listener, {}});
  }
}

void take(client_state& state, const task_outcome& outcome) {
  if (state.run.timed)
    state.result.waits_us.push_back(
        std::chrono::duration<double, std::micro>{clock_type::now() - state.sent_at}.count());
  const auto back = from_raw<stamp>(outcome.output);
  const bool right = outcome.code == errc::none && back.number < state.run.count && !state.seen[back.number] &&
                     back.check == check_of(outcome.id, ticket_of(back.number));
  if (right) state.seen[back.number] = true;
  state.result.wrong += right ? 0 : 1;
  ++state.received;
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
        if (state.received == state.run.count) state.run.done->set_value(std::move(state.result));
      },
  };
}

}  // namespace

agent_kind ticket_kind_of(std::uint32_t agents) {
  return kind_of<stamping_agent>(ticket_kind, {ticket_kind}, isolation_mode::async, agents);
}

task_client::task_client(caf::actor_system& system, orchestrator_handle leader)
    : actor_(system.spawn(client, leader)), leader_(std::move(leader)) {
  caf::anon_send(leader_, add_listener{own_listener, [to = actor_](std::vector<task_outcome> outcomes) {
                                         caf::anon_send(to, tasks_ended{std::move(outcomes)});
                                       }});
}

task_client::~task_client() { caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown); }

bool task_client::wait_for_agents(std::uint32_t agents) {
  const auto until = clock_type::now() + patience;
  while (clock_type::now() < until) {
    auto promised = std::make_shared<std::promise<std::uint32_t>>();
    auto answer = promised->get_future();
    caf::anon_send(leader_, leader_query{[promised](const orchestration& all, instant) {
                     std::uint32_t count = 0;
                     for (const auto& group : all.agents())
                       if (group.agents.kind == ticket_kind) count += group.agents.instances;
                     promised->set_value(count);
                   }});
    if (answer.get() >= agents) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return false;
}

std::optional<task_client::run_result> task_client::run(std::uint64_t count, std::uint64_t window, std::uint64_t batch,
                                                        bool timed) {
  auto promised = std::make_shared<std::promise<run_result>>();
  auto answer = promised->get_future();
  caf::anon_send(actor_, begin_run{count, window, batch, timed, std::move(promised)});
  if (answer.wait_for(run_patience) != std::future_status::ready) return std::nullopt;
  auto came = answer.get();
  if (came.wrong > 0) return std::nullopt;
  return came;
}

double task_client::rate(std::uint64_t count, std::uint64_t window, std::uint64_t batch) {
  const auto from = clock_type::now();
  if (!run(count, window, batch, false)) return 0;
  const std::chrono::duration<double> took = clock_type::now() - from;
  return static_cast<double>(count) / took.count();
}

std::vector<double> task_client::one_by_one(std::uint64_t count) {
  auto came = run(count, 1, 1, true);
  return came ? std::move(came->waits_us) : std::vector<double>{};
}

}  // namespace dunlin::bench
