// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "net/http/client.hpp"

namespace dunlin::net {

struct wire_request {
  std::string method;
  std::string target;
  std::string body;  ///< JSON; may be empty
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

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace dunlin::net
