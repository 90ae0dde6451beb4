// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "coordination/link/hello.hpp"
#include "coordination/link/redial.hpp"
#include "coordination/result.hpp"
#include "net/asio.hpp"

namespace dunlin::net {

/// Who wants the connections that a dialler makes.
class dial_owner {
 public:
  virtual ~dial_owner() = default;
  virtual void on_answer(tcp::socket socket, link::channel role, int target) = 0;

  /// Nobody answers; it is tried again. Told once for both roles.
  virtual void on_no_answer(const error& why) = 0;
};

/// Calls other hosts, each with one connection of every role, and again whenever one of them is lost, unless it was to
/// be called once. Targets are numbered from 0. Thread: the context's.
class dialler {
 public:
  dialler(asio::io_context& context, const link::redial_timing& timing, dial_owner& owner)
      : context_(context), timing_(timing), owner_(owner) {}

  void add(const tcp::endpoint& where, bool once);

  /// The connection that `on_answer` gave, or that it could not use, is no more.
  void lost(int target, link::channel role);

  /// Both connections stand.
  void stands(int target);

  /// No more calls.
  void stop();

 private:
  struct dial_target {
    dial_target(asio::io_context& context, const tcp::endpoint& where, const link::redial_timing& timing, bool once)
        : where(where), once(once), again(timing), timer(context) {}

    [[nodiscard]] bool is_done() const { return once && !has[0] && !has[1]; }

    tcp::endpoint where;
    bool once;
    link::redial again;
    asio::steady_timer timer;
    std::array<bool, 2> has{};  ///< by role: a connection, or a call for one
    bool is_waiting = false;    ///< for the timer
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::time_point::max();  ///< both stand
  };

  dial_target& at(int target) { return *targets_[static_cast<std::size_t>(target)]; }
  void call(int target);
  void on_called(const error_code& ec, tcp::socket& socket, link::channel role, int target);
  bool call_later(int target, link::channel role);

  asio::io_context& context_;
  const link::redial_timing timing_;
  dial_owner& owner_;
  std::vector<std::unique_ptr<dial_target>> targets_;
  bool stopped_ = false;
};

}  // namespace dunlin::net
