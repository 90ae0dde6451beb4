// SPDX-License-Identifier: Apache-2.0
// Who may come in. The rule: the Host must be one of ours (against DNS rebinding), an Origin, if any, must be one of
// ours on every method (against foreign pages), and the bearer token must match, except on the two health addresses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin::net {

/// The headers a request shows at the door; each count says how often the header stands there.
struct credentials {
  std::string_view host;
  std::size_t hosts = 0;
  std::string_view origin;
  std::size_t origins = 0;
  std::string_view authorization;
  std::size_t authorizations = 0;
};

class DUNLIN_EXPORT gate {
 public:
  /// `hosts` are exact, with the port; `origins` with the scheme.
  gate(std::string token, std::vector<std::string> hosts, std::vector<std::string> origins);

  /// The gate of a loopback listener on `port`, which goes by three names.
  static gate for_loopback(std::string token, unsigned port, const std::vector<std::string>& more_hosts,
                           const std::vector<std::string>& more_origins);

  /// Errors: malformed (no Host, or two), forbidden (foreign Host or Origin), unauthorised (token).
  [[nodiscard]] result<void> admit(const credentials& shown, bool needs_token) const;

 private:
  [[nodiscard]] result<void> check_token(const credentials& shown) const;

  std::string token_;
  std::vector<std::string> hosts_;
  std::vector<std::string> origins_;
};

/// Compares without telling by its time where the first difference is. The lengths are no secret.
DUNLIN_EXPORT bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace dunlin::net
