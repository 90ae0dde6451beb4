// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "examples/sharing/crew.hpp"
#include "net/http/client.hpp"

namespace dunlin::sharing {

/// Gives each of the crew one task after the other, as a client of the swarm. Thread: the owner's.
class errands {
 public:
  errands(net::http_client& swarm, std::uint32_t units) : swarm_(swarm), units_(units) {}

  /// Looks who is done, and gives those their next task unless `closing`. Errors: those of the client.
  result<void> look(bool closing);

  [[nodiscard]] bool all_ended() const;

  /// Forgets what still runs on the swarm.
  void cancel();

  [[nodiscard]] const std::vector<task_done>& done() const noexcept { return done_; }

  /// Why the first task that failed did; empty if none has.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

 private:
  struct errand {
    std::optional<task_id> task;
    moment submitted;
    moment next_at;
  };
  result<void> submit(std::size_t member, errand& one);
  result<void> ask(std::size_t member, errand& one);

  net::http_client& swarm_;
  std::uint32_t units_;
  std::array<errand, crew_size> current_;
  std::vector<task_done> done_;
  std::string failure_;
};

}  // namespace dunlin::sharing
