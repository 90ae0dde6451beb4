// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/flight_run.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "cli/client/batches.hpp"
#include "cli/text/progress_line.hpp"

namespace dunlin::flight {

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr auto longest_flight = 10min;
constexpr auto patience = 30s;
constexpr auto pause = 50ms;

error stopped() { return error{errc::cancelled, "the flight was stopped"}; }

/// Whether the same call may succeed in a moment, with a leader that has come back.
bool may_pass(errc code) {
  return code == errc::unreachable || code == errc::link_down || code == errc::timeout || code == errc::shutting_down;
}

std::size_t count_ended(const std::vector<task_record>& tasks) {
  return static_cast<std::size_t>(
      std::ranges::count_if(tasks, [](const task_record& task) { return is_terminal(task.status.state); }));
}

}  // namespace

template <class Call>
auto flight_run::patiently(Call call) -> decltype(call()) {
  const auto until = clock_type::now() + patience;
  while (true) {
    auto answer = call();
    if (answer || !may_pass(answer.error().code)) return answer;
    if (over_()) return fail(stopped());
    if (clock_type::now() >= until) return answer;
    std::this_thread::sleep_for(pause);
  }
}

result<void> flight_run::wait_for_nodes(std::size_t nodes) {
  const auto until = clock_type::now() + patience;
  while (true) {
    const auto known = patiently([this] { return swarm_.nodes(); });
    if (!known) return fail(error{known.error()});
    const auto alive = static_cast<std::size_t>(std::ranges::count(*known, "alive", &node_view::state));
    if (alive >= nodes) return {};
    if (clock_type::now() >= until)
      return fail(errc::timeout, std::to_string(alive) + " of " + std::to_string(nodes) + " nodes are alive");
    std::this_thread::sleep_for(pause);
  }
}

result<std::vector<task_record>> flight_run::fly(const std::vector<task_spec>& plan) {
  // Every task has a key: submitting twice is submitting once.
  const auto answers = patiently([&] { return cli::submit_all(swarm_, plan); });
  if (!answers) return fail(error{answers.error()});
  std::vector<task_id> ids;
  for (const auto& answer : *answers) ids.push_back(answer.id);
  if (auto ended = wait_for_end(ids); !ended) return fail(std::move(ended.error()));
  std::vector<task_record> out;
  for (const auto& id : ids) {
    auto record = patiently([&] { return swarm_.find(id); });
    if (!record) return fail(std::move(record.error()));
    out.push_back(std::move(*record));
  }
  return out;
}

result<void> flight_run::wait_for_end(const std::vector<task_id>& ids) {
  const auto until = clock_type::now() + longest_flight;
  cli::progress_line line{to_};
  while (true) {
    const auto tasks = look(ids);
    if (!tasks) return fail(error{tasks.error()});
    const auto ended = count_ended(*tasks);
    const auto total = to_.live ? "" : std::to_string(ended) + " of " + std::to_string(ids.size()) + " tasks: ";
    line.show(ended, ids.size(), total + progress_in_words(*tasks));
    if (ended == ids.size()) return {};
    if (clock_type::now() >= until)
      return fail(errc::timeout, std::to_string(ended) + " of " + std::to_string(ids.size()) + " tasks have ended");
    std::this_thread::sleep_for(4 * pause);
  }
}

result<std::vector<task_record>> flight_run::look(const std::vector<task_id>& ids) {
  std::vector<task_record> out;
  task_filter filter;
  filter.limit = 1'000;
  while (true) {
    auto page = patiently([&] { return swarm_.list(filter); });
    if (!page) return fail(std::move(page.error()));
    std::ranges::move(page->tasks, std::back_inserter(out));
    if (!page->next || page->tasks.empty()) break;
    filter.after = *page->next;
  }
  if (out.size() >= ids.size()) return out;
  return fail(errc::not_found,
              "the swarm knows " + std::to_string(out.size()) + " of " + std::to_string(ids.size()) + " tasks");
}

std::string progress_in_words(const std::vector<task_record>& tasks) {
  std::vector<std::string> order;
  std::map<std::string, std::pair<std::size_t, std::size_t>> ended;
  for (const auto& task : tasks) {
    auto [at, is_new] = ended.try_emplace(task.spec.shape.kind);
    if (is_new) order.push_back(task.spec.shape.kind);
    at->second.first += is_terminal(task.status.state) ? 1 : 0;
    ++at->second.second;
  }
  std::string out;
  for (const auto& kind : order) {
    const auto [done, all] = ended[kind];
    out += (out.empty() ? "" : ", ") + kind + " " + std::to_string(done) + "/" + std::to_string(all);
  }
  return out;
}

}  // namespace dunlin::flight
