// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "coordination/ports.hpp"
#include "net/gateway/message.hpp"
#include "net/gateway/request_counters.hpp"
#include "net/gateway/target.hpp"

namespace dunlin::net {

/// What every request of one gateway shares. Used on the home thread only, but for `home` itself.
struct gateway_context {
  service& swarm;
  std::shared_ptr<poster> home;
  std::function<wall_ms()> now;
  request_counters counters;
};

/// Wraps `go_on(T&)` so that it runs at home, whichever thread completes; a failure goes to `refuse(error)`.
template <class T, class GoOn, class Refuse>
completion<T> at_home(std::shared_ptr<poster> home, GoOn go_on, Refuse refuse) {
  return [home = std::move(home), go_on, refuse](result<T> outcome) {
    home->post([kept = std::make_shared<result<T>>(std::move(outcome)), go_on, refuse] {
      if (!*kept)
        refuse(kept->error());
      else if constexpr (std::is_void_v<T>)
        go_on();
      else
        go_on(**kept);
    });
  };
}

/// One request on its way to its one answer. Thread: home.
class exchange : public std::enable_shared_from_this<exchange> {
 public:
  using reply_function = std::function<void(http_answer)>;

  exchange(gateway_context& context, http_request request, reply_function reply)
      : context_(context), request_(std::move(request)), reply_(std::move(reply)) {}

  /// Sends the answer; every later one is dropped.
  void answer(http_answer given);
  void refuse(const error& why) { answer(refusal(why)); }

  /// Nobody waits any more: long work stops at its next step.
  void abandon() noexcept { reply_ = nullptr; }
  [[nodiscard]] bool is_over() const noexcept { return reply_ == nullptr; }

  /// Returns a completion for the service: `go_on(exchange&, T&)` runs at home, a failure becomes the answer.
  template <class T, class GoOn>
  completion<T> then(GoOn go_on) {
    auto self = shared_from_this();
    const auto refuse = [self](const error& why) { self->refuse(why); };
    if constexpr (std::is_void_v<T>)
      return at_home<T>(
          context_.home, [self, go_on] { go_on(*self); }, refuse);
    else
      return at_home<T>(
          context_.home, [self, go_on](T& got) { go_on(*self, got); }, refuse);
  }

  /// Returns a completion that answers 200 with the JSON of `to_json(render(T&))`.
  template <class T, class Render>
  completion<T> answer_with(Render render) {
    return then<T>([render](exchange& self, T& got) { self.answer(json_answer(render(got))); });
  }

  [[nodiscard]] gateway_context& context() noexcept { return context_; }
  [[nodiscard]] service& swarm() noexcept { return context_.swarm; }
  [[nodiscard]] const http_request& request() const noexcept { return request_; }

  http_target target;
  std::string parameter;            ///< the part of the path that stands for `{id}` or `{name}`
  std::string route = "unmatched";  ///< the pattern

 private:
  gateway_context& context_;
  http_request request_;
  reply_function reply_;
};

}  // namespace dunlin::net
