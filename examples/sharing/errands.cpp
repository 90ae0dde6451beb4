// SPDX-License-Identifier: Apache-2.0
#include "examples/sharing/errands.hpp"

#include <algorithm>

namespace dunlin::sharing {

result<void> errands::look(bool closing) {
  for (std::size_t member = 0; member < crew_size; ++member) {
    auto& one = current_[member];
    if (one.task)
      if (auto asked = ask(member, one); !asked) return asked;
    if (!one.task && !closing && std::chrono::steady_clock::now() >= one.next_at)
      if (auto given = submit(member, one); !given) return given;
  }
  return {};
}

bool errands::all_ended() const {
  return std::ranges::none_of(current_, [](const errand& one) { return one.task.has_value(); });
}

void errands::cancel() {
  for (auto& one : current_)
    if (one.task) static_cast<void>(swarm_.cancel(*one.task));
}

result<void> errands::submit(std::size_t member, errand& one) {
  one.submitted = std::chrono::steady_clock::now();
  const auto answers = swarm_.submit({task_of(crew()[member], units_)});
  if (!answers) return fail(error{answers.error()});
  one.task = answers->front().id;
  return {};
}

result<void> errands::ask(std::size_t member, errand& one) {
  const auto record = swarm_.find(*one.task);
  if (!record) return fail(error{record.error()});
  const auto& status = record->status;
  if (!is_terminal(status.state)) return {};
  const bool well = status.state == task_state::succeeded && status.attempt == 1;
  // The two clocks of the record are one: their difference is what the task took.
  const auto took = milliseconds{status.finished - record->submitted};
  done_.push_back({member, one.submitted, one.submitted + took, well});
  if (!well && failure_.empty()) failure_ = "a task of " + crew()[member].name + " failed: " + status.why;
  one.task.reset();
  one.next_at = std::chrono::steady_clock::now() + crew()[member].rest;
  return {};
}

}  // namespace dunlin::sharing
