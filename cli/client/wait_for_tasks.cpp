// SPDX-License-Identifier: Apache-2.0
#include "cli/client/wait_for_tasks.hpp"

#include <algorithm>
#include <thread>
#include <unordered_map>

#include "cli/text/progress_line.hpp"

namespace dunlin::cli {

namespace {

using namespace std::chrono_literals;
using task_index = std::unordered_map<task_id, task_record>;

constexpr std::uint32_t page_tasks = 1'000;

/// How long the swarm may be away: a node that leads and dies is started again within that.
constexpr auto outage_patience = 5s;

/// The id just before `id`, for a query that begins with `id`.
task_id before(task_id id) {
  if (id.low-- == 0) --id.high;
  return id;
}

/// Reads where the wanted tasks stand: ids rise with time, so one walk over their range is enough.
result<void> look(net::http_client& swarm, const std::vector<task_id>& sorted, task_index& out) {
  task_filter filter;
  filter.limit = page_tasks;
  filter.after = before(sorted.front());
  while (true) {
    auto page = swarm.list(filter);
    if (!page) return fail(page.error());
    for (auto& record : page->tasks)
      if (std::ranges::binary_search(sorted, record.id)) out.insert_or_assign(record.id, std::move(record));
    if (!page->next || *page->next >= sorted.back() || page->tasks.empty()) return {};
    filter.after = *page->next;
  }
}

result<waited_tasks> count(const std::vector<task_id>& ids, const task_index& known) {
  waited_tasks out;
  out.tally.wanted = ids.size();
  for (const auto id : ids) {
    const auto at = known.find(id);
    if (at == known.end())
      return fail(errc::not_found, "the swarm knows no task " + to_string(id), "results are kept for a day by default");
    ++out.tally.states[at->second.status.state];
    out.records.push_back(at->second);
  }
  return out;
}

/// One task alone shows its own progress.
void show(progress_line& line, const waited_tasks& now) {
  const auto& tally = now.tally;
  if (now.records.size() > 1 || is_terminal(now.records.front().status.state))
    return line.show(tally.ended(), tally.wanted, tally.in_words());
  const auto& only = now.records.front();
  auto label = std::string{to_string(only.status.state)};
  if (!only.progress.message.empty()) label += ": " + only.progress.message;
  line.show(only.progress.percent, 100, label);
}

/// What is said when the patience is over; one task alone is named, so that it can be asked for again.
error still_open(const waited_tasks& now) {
  const auto only = now.records.size() == 1 ? "task " + to_string(now.records.front().id) + " has not ended: " : "";
  return error{errc::timeout, only + now.tally.in_words(), "wait longer with --patience; `dunlin task wait` goes on"};
}

bool is_outage(errc code) {
  return code == errc::unreachable || code == errc::link_down || code == errc::timeout || code == errc::shutting_down;
}

/// Looks again and again while the swarm does not answer, until it does or has been away for too long.
class patient_look {
 public:
  /// Returns true if it answered, false if it may be asked again.
  result<bool> operator()(net::http_client& swarm, const std::vector<task_id>& sorted, task_index& out) {
    auto looked = look(swarm, sorted, out);
    if (looked) {
      answered_ = std::chrono::steady_clock::now();
      return true;
    }
    const bool first = answered_ == std::chrono::steady_clock::time_point{};
    if (first || !is_outage(looked.error().code) || std::chrono::steady_clock::now() - answered_ > outage_patience)
      return fail(looked.error());
    return false;
  }

 private:
  std::chrono::steady_clock::time_point answered_;
};

/// What is said when the swarm went away while somebody waited.
error gone(const error& why, const std::vector<task_id>& ids, const task_index& known) {
  if (known.empty() || !is_outage(why.code)) return why;
  const auto last = count(ids, known);
  return error{errc::unreachable,
               "the swarm went away" + (last ? "; when it was last seen, " + last->tally.in_words() : std::string{}),
               "what it had accepted is kept: start it again with `dunlin up`, then `dunlin task wait`"};
}

}  // namespace

std::size_t task_tally::count(task_state state) const {
  const auto at = states.find(state);
  return at == states.end() ? 0 : at->second;
}

std::size_t task_tally::ended() const {
  std::size_t out = 0;
  for (const auto& [state, count] : states) out += is_terminal(state) ? count : 0;
  return out;
}

std::string task_tally::in_words() const {
  std::string over, open;
  for (const auto& [state, count] : states) {
    auto& part = is_terminal(state) ? over : open;
    ((part += part.empty() ? "" : ", ") += std::to_string(count) + " ") += to_string(state);
  }
  auto out = std::to_string(ended()) + " of " + std::to_string(wanted) + " ended";
  if (!over.empty()) out += ": " + over;
  if (!open.empty()) out += "; " + open;
  return out;
}

result<waited_tasks> wait_for_tasks(net::http_client& swarm, const std::vector<task_id>& ids,
                                    std::chrono::milliseconds patience, const console& to) {
  if (ids.empty()) return waited_tasks{};
  const auto until = std::chrono::steady_clock::now() + patience;
  auto sorted = ids;
  std::ranges::sort(sorted);
  progress_line line{to};
  task_index known;
  patient_look look_again;
  auto pause = 20ms;  // short tasks end soon; later, looking seldom costs the swarm less
  while (true) {
    const auto answered = look_again(swarm, sorted, known);
    if (!answered) return fail(gone(answered.error(), ids, known));
    auto now = count(ids, known);
    if (!now) return now;
    if (now->tally.ended() == ids.size()) return now;
    if (*answered) show(line, *now);
    if (patience > 0ms && std::chrono::steady_clock::now() >= until) return fail(still_open(*now));
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, 250ms);
  }
}

result<task_id> find_task(net::http_client& swarm, const std::string& id_or_name) {
  if (auto id = parse_task_id(id_or_name)) return *id;
  task_filter filter;
  filter.name = id_or_name;
  filter.limit = page_tasks;
  auto page = swarm.list(filter);
  if (!page) return fail(page.error());
  if (page->tasks.empty())
    return fail(errc::not_found, "no task has the id or the name '" + id_or_name + "'", "see `dunlin task list`");
  return page->tasks.back().id;
}

}  // namespace dunlin::cli
