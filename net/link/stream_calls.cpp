// SPDX-License-Identifier: Apache-2.0
#include "net/link/stream_calls.hpp"

#include <string>

namespace dunlin::net {

void stream_calls::call(const tcp::endpoint& where, const std::shared_ptr<stream_call>& who) {
  if (stopped_) return;
  auto socket = std::make_shared<tcp::socket>(context_);
  socket->async_connect(where, [this, socket, who, port = where.port()](error_code ec) {
    if (stopped_) return;
    if (ec)
      return who->answer(
          fail(errc::unreachable, "nobody answers on port " + std::to_string(port) + ": " + ec.message()));
    auto* const met = meet_(std::move(*socket));
    if (met == nullptr) return who->answer(fail(errc::io_failed, "the system has no randomness to give"));
    waiting_[met] = who;
    met->begin();
  });
}

bool stream_calls::on_opened(link_connection& which) {
  const auto at = waiting_.find(&which);
  if (at == waiting_.end()) return false;
  const auto who = std::move(at->second);
  waiting_.erase(at);
  auto stream = which.take_stream(&who->key());
  if (!stream) which.say_goodbye(stream.error());
  who->answer(std::move(stream));
  return true;
}

bool stream_calls::on_closed(const link_connection& which) {
  const auto at = waiting_.find(&which);
  if (at == waiting_.end()) return false;
  at->second->answer(fail(error{which.why()}));
  waiting_.erase(at);
  return true;
}

}  // namespace dunlin::net
