// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "coordination/result.hpp"

namespace dunlin::net {

/// One server-sent event. Comments are no events.
struct server_event {
  std::string name;
  std::string data;
};

/// Cuts a stream of server-sent events, however it is split on the way. Source: WHATWG HTML, section 9.2.6; of it
/// what our server writes: `id`, `event` and one line of `data`.
class DUNLIN_EXPORT event_reader {
 public:
  /// Errors: too_large (an event over 1 MiB).
  result<void> feed(std::string_view text);

  /// Returns the next whole event, or nothing yet.
  std::optional<server_event> next();

 private:
  std::string unread_;
};

}  // namespace dunlin::net
