// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin::bench {

/// A second process of a bench: told what to be by one line, which it answers with one when it is ready. It ends when
/// this object does, and is killed if this process dies or if it does not end.
class peer_process {
 public:
  /// `deaf`: it does not end with its input, so it is killed at once.
  enum class manners : std::uint8_t { listens, deaf };

  /// Starts `program` with its standard input and output here. Errors: io_failed.
  static result<std::unique_ptr<peer_process>> start(std::vector<std::string> program, manners with = manners::listens);
  ~peer_process();
  peer_process(const peer_process&) = delete;
  peer_process& operator=(const peer_process&) = delete;

  /// Says `order` and returns the answer. Errors: crashed (it ended), timeout (none within 20 s), io_failed.
  result<std::string> ask(const std::string& order);

  /// The two halves of `ask`, for orders that several processes carry out at once.
  result<void> tell(const std::string& order);
  result<std::string> answer(const std::string& order);

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  peer_process(pid_t pid, int to, int from, manners with) : pid_(pid), to_(to), from_(from), manners_(with) {}

  pid_t pid_;
  int to_;
  int from_;
  manners manners_;
  std::string heard_;
};

}  // namespace dunlin::bench
