// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/task_client.hpp"

#include <algorithm>
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

/// What an agent brings back.
struct stamp {
  std::uint64_t number = 0;
  std::uint64_t check = 0;
};

/// Word `at` of what the task of that number carries; the first word is the number itself.
std::uint64_t word_of(std::uint64_t number, std::size_t at) { return number * (at + 1); }

/// A hash of a task's id and payload.
class checksum {
 public:
  explicit checksum(const task_id& id) : sum_(id.high ^ (id.low * 0xd6e8feb86659fd93U)) {}
  void add(std::uint64_t word) { sum_ = (sum_ ^ word) * 0x9e3779b97f4a7c15U; }
  [[nodiscard]] std::uint64_t value() const { return sum_; }

 private:
  std::uint64_t sum_;
};

std::uint64_t word_at(bytes_view raw, std::size_t at) {
  std::uint64_t out = 0;
  std::memcpy(&out, raw.data() + at * sizeof out, sizeof out);
  return out;
}

bytes to_payload(std::uint64_t number, std::size_t words) {
  bytes out(words * sizeof number);
  for (std::size_t at = 0; at < words; ++at) {
    const auto word = word_of(number, at);
    std::memcpy(out.data() + at * sizeof word, &word, sizeof word);
  }
  return out;
}

class stamping_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    checksum sum{task.id()};
    const auto& payload = task.payload();
    for (std::size_t at = 0; at < payload.size() / sizeof(std::uint64_t); ++at) sum.add(word_at(payload, at));
    bytes out(sizeof(stamp));
    const stamp mark{word_at(payload, 0), sum.value()};
    std::memcpy(out.data(), &mark, sizeof mark);
    return out;
  }
};

/// Whether an agent saw this task's id and the payload of the number that it brought back.
bool is_right(const task_id& id, const stamp& back, std::size_t words) {
  checksum sum{id};
  for (std::size_t at = 0; at < words; ++at) sum.add(word_of(back.number, at));
  return back.check == sum.value();
}

using run_result = task_client::run_result;

struct begin_run {
  std::uint64_t count = 0;
  std::uint64_t window = 0;
  std::uint64_t batch = 1;
  std::size_t payload_words = 1;
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

task_spec spec_of(std::uint64_t number, std::size_t payload_words) {
  task_spec out;
  out.shape.kind = ticket_kind;
  out.shape.capabilities = {ticket_kind};
  out.priority = static_cast<std::uint8_t>(1 + number % 10);
  out.payload = to_payload(number, payload_words);
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
    for (std::uint64_t i = 0; i < size; ++i) batch.push_back(spec_of(state.sent++, state.run.payload_words));
    room -= size;
    if (state.run.timed) state.sent_at = clock_type::now();
    self->send(leader, submit_command{std::move(batch), own_listener, {}});
  }
}

void take(client_state& state, const task_outcome& outcome) {
  if (state.run.timed)
    state.result.waits_us.push_back(
        std::chrono::duration<double, std::micro>{clock_type::now() - state.sent_at}.count());
  stamp back;
  if (outcome.output.size() == sizeof back) std::memcpy(&back, outcome.output.data(), sizeof back);
  const bool right = outcome.code == errc::none && back.number < state.run.count && !state.seen[back.number] &&
                     is_right(outcome.id, back, state.run.payload_words);
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

bool wait_for_agents(const orchestrator_handle& leader, std::uint32_t agents) {
  const auto until = clock_type::now() + patience;
  while (clock_type::now() < until) {
    auto promised = std::make_shared<std::promise<std::uint32_t>>();
    auto answer = promised->get_future();
    caf::anon_send(leader, leader_query{[promised](const orchestration& all, instant) {
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

task_client::task_client(caf::actor_system& system, orchestrator_handle leader, std::size_t payload_words)
    : actor_(system.spawn(client, leader)), leader_(std::move(leader)), payload_words_(payload_words) {
  caf::anon_send(leader_, add_listener{own_listener, [to = actor_](std::vector<task_outcome> outcomes) {
                                         caf::anon_send(to, tasks_ended{std::move(outcomes)});
                                       }});
}

task_client::~task_client() { caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown); }

std::optional<task_client::run_result> task_client::run(std::uint64_t count, std::uint64_t window, std::uint64_t batch,
                                                        bool timed) {
  auto promised = std::make_shared<std::promise<run_result>>();
  auto answer = promised->get_future();
  caf::anon_send(actor_, begin_run{count, window, batch, payload_words_, timed, std::move(promised)});
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

bool task_client::fill_queue(std::uint64_t count) {
  constexpr std::uint64_t batch_tasks = 1'000;
  caf::anon_send(leader_, drain_command{});
  for (std::uint64_t queued = 0; queued < count; queued += batch_tasks) {
    std::vector<task_spec> batch;
    for (auto number = queued; number < std::min(count, queued + batch_tasks); ++number)
      batch.push_back(spec_of(number, payload_words_));
    auto stored = std::make_shared<std::promise<bool>>();
    auto answer = stored->get_future();
    caf::anon_send(leader_, submit_command{std::move(batch), 0,
                                           [stored](const auto& ids) { stored->set_value(ids.has_value()); }});
    if (!answer.get()) return false;
  }
  return true;
}

}  // namespace dunlin::bench
