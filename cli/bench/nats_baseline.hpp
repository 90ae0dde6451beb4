// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/bench/peer_process.hpp"

namespace dunlin::bench {

/// A NATS server of this machine's packages with a responder in a second process: requests go from here through the
/// server to the responder and back.
class nats_baseline {
 public:
  /// Errors: not_found (the program `nats-server` is not installed), timeout, crashed.
  static result<std::unique_ptr<nats_baseline>> start(const std::vector<std::string>& program,
                                                      const std::string& directory);

  /// Returns answered requests of 64 bytes per second, or 0 if one failed.
  double rate(std::uint64_t count, std::uint64_t window) const;

 private:
  nats_baseline() = default;

  std::uint16_t port_ = 0;
  std::unique_ptr<peer_process> server_;
  std::unique_ptr<peer_process> responder_;
};

/// Is the responder until the server leaves; calls `ready` once requests will be answered.
result<void> serve_nats(const std::string& order, void (*ready)());

}  // namespace dunlin::bench
