// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "coordination/ports.hpp"

namespace dunlin {

/// The clients who wait for an answer of the leader. Each gets exactly one; when the leader ends, `shutting_down`.
class pending_answers {
 public:
  pending_answers() = default;
  ~pending_answers() { refuse_all(error{errc::shutting_down, "the leader is stopping"}); }
  pending_answers(const pending_answers&) = delete;
  pending_answers& operator=(const pending_answers&) = delete;

  using waiter = std::variant<completion<std::vector<submit_answer>>, completion<task_id>, completion<std::uint64_t>,
                              completion<void>>;

  /// Returns 0, which no answer reaches, for one who wants none.
  request_id add(waiter who) {
    if (std::visit([](const auto& done) { return !done; }, who)) return {};
    const request_id id{++last_};
    waiting_.emplace(id.value, std::move(who));
    return id;
  }

  template <class T>
  void answer(request_id id, result<T>&& with) {
    const auto at = waiting_.find(id.value);
    if (at == waiting_.end()) return;
    auto who = std::move(at->second);
    waiting_.erase(at);
    if (auto* done = std::get_if<completion<T>>(&who); done != nullptr && *done) (*done)(std::move(with));
  }

  /// Ends the wait of one client with an error, whatever it waits for.
  void refuse(request_id id, const error& why) {
    const auto at = waiting_.find(id.value);
    if (at == waiting_.end()) return;
    auto who = std::move(at->second);
    waiting_.erase(at);
    std::visit(
        [&](auto& done) {
          if (done) done(fail(error{why}));
        },
        who);
  }

  void refuse_all(const error& why) {
    for (auto& [id, who] : std::exchange(waiting_, {}))
      std::visit(
          [&](auto& done) {
            if (done) done(fail(error{why}));
          },
          who);
  }

 private:
  std::uint64_t last_ = 0;
  std::unordered_map<std::uint64_t, waiter> waiting_;
};

}  // namespace dunlin
