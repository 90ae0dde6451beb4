// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/http/client.hpp"

namespace dunlin::net {

struct wire_request {
  std::string method;
  std::string target;
  std::string body;  ///< JSON; may be empty
  std::string accept = "application/json";
};

struct wire_answer {
  unsigned status = 0;
  std::string body;
};

/// One kept connection to one server, with deadlines.
class wire {
 public:
  explicit wire(client_config config);
  ~wire();

  /// Errors: unreachable, timeout, link_down, protocol_violation.
  result<wire_answer> ask(const wire_request& request);

  /// Asks on a connection of its own and hands the text of a 200 answer on as it comes, until it ends or `take`
  /// returns false. Returns the answer, with its body only where the status is another. Errors: those of `ask`.
  result<wire_answer> follow(const wire_request& request, const std::function<bool(std::string_view)>& take);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace dunlin::net
