// SPDX-License-Identifier: Apache-2.0
// A request and its answer, without sockets: the gateway between them runs in a test as it runs in a server.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin::net {

class event_stream;

/// What the gateway needs of a request; the body is whole.
struct http_request {
  std::string method;
  std::string target;  ///< path and query, still percent-encoded
  std::string body;
  std::string content_type;
  std::string accept;
  std::string last_event_id;
};

struct http_answer {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< beside those that every answer carries
  std::shared_ptr<event_stream> stream;                      ///< if set, events follow instead of `body`
  std::string route = "none";                                ///< the pattern it answers, for the counters
};

/// Returns 200 with a JSON body.
DUNLIN_EXPORT http_answer json_answer(std::string body, unsigned status = 200);

/// Returns the status for `why.code` with the error as JSON. 401 names the scheme, 429 and 503 say when to try again.
DUNLIN_EXPORT http_answer refusal(const error& why);

/// Runs work on the thread that owns the connections. Thread: any.
class poster {
 public:
  virtual ~poster() = default;
  /// Work that comes after the owner has stopped is dropped.
  virtual void post(std::function<void()> work) = 0;
};

}  // namespace dunlin::net
