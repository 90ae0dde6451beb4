// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coordination/link/outbox.hpp"
#include "coordination/link/session.hpp"

namespace dunlin::link {

/// Returns who node `name` of cluster `flock` is.
identity identity_of(std::string name);

/// One end of a link without a socket: performs the session's effects on its outbox and writes down, in words, what a
/// user of the link would see. Its "MAC" is a keyed checksum.
class link_end : public session_port {
 public:
  struct options {
    identity who = identity_of("a");
    bool dialler = false;
    channel role = channel::control;
    std::string secret = "secret";
    bool consumes = true;  ///< returns credit at once
    timing times;
    std::optional<error> turns_away;  ///< what `admit` answers
  };

  explicit link_end(options how, time_point now = time_point{});

  void feed(bytes_view raw, time_point now);
  void feed(bytes_view raw) { feed(raw, now_); }
  void tick(time_point now);
  result<void> send(std::string_view kind, bytes_view body) { return out_.send(kind, body); }
  void consume(const window& amount);
  void say_goodbye(const error& why);

  /// Returns what is to be written, and forgets it.
  bytes take_output() { return std::exchange(out_.pending(), {}); }

  [[nodiscard]] const std::vector<std::string>& log() const noexcept { return log_; }
  [[nodiscard]] const session& inside() const noexcept { return session_; }
  [[nodiscard]] outbox& out() noexcept { return out_; }

 private:
  mac_tag sign(bytes_view text) override;
  bool verify(bytes_view text, bytes_view tag) override;
  result<void> admit(const hello& peer) override;

  void perform();
  void see(say& effect) { out_.say(effect.kind, effect.body); }
  void see(opened&);
  void see(received& effect);
  void see(credit_returned& effect);
  void see(closed& effect);

  options how_;
  time_point now_;
  session session_;
  outbox out_;
  session_effects effects_;
  window to_consume_;
  std::vector<std::string> log_;
};

/// Carries bytes between two ends until both are quiet; `cut` says how many bytes at a time.
void settle(link_end& one, link_end& other, std::size_t cut = ~std::size_t{0});

}  // namespace dunlin::link
