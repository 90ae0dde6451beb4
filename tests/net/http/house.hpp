// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "net/http/server.hpp"
#include "tests/net/http/raw_connection.hpp"
#include "tests/support/fake_service.hpp"

namespace dunlin::test {

/// A server on a free port before a small swarm.
struct http_house {
  explicit http_house(const std::function<void(net::http_limits&)>& change = [](net::http_limits&) {}) {
    net::http_config config;
    config.port = 0;
    config.token = test_token;
    config.limits.watch_poll = 5ms;
    change(config.limits);
    auto started = net::http_server::start(std::move(config), swarm);
    if (!started) throw std::runtime_error(to_string(started.error()));
    server = std::move(*started);
  }

  [[nodiscard]] std::uint16_t port() const { return server->port(); }

  raw_answer get(std::string_view target, std::string_view more_headers = {}) const {
    raw_connection one{port()};
    one.send(request(port(), "GET", target, {}, more_headers));
    return one.read();
  }
  raw_answer post(std::string_view target, std::string_view body) const {
    raw_connection one{port()};
    one.send(request(port(), "POST", target, body));
    return one.read();
  }

  fake_service swarm;
  std::unique_ptr<net::http_server> server;
};

}  // namespace dunlin::test
