// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/request_counters.hpp"

#include <algorithm>

namespace dunlin::net {

namespace {

metric simple(std::string name, std::string help, metric::kind_type kind, double value) {
  metric out;
  out.name = std::move(name);
  out.help = std::move(help);
  out.kind = kind;
  out.value = value;
  return out;
}

}  // namespace

void request_counters::on_answer(const std::string& route, unsigned status, duration took) {
  ++answers_[{route, status}];
  const auto seconds = std::chrono::duration<double>(took).count();
  const auto bucket = std::ranges::lower_bound(bounds, seconds) - bounds.begin();
  ++times_[static_cast<std::size_t>(bucket)];
  seconds_ += seconds;
}

void request_counters::set_connections(std::size_t open, std::size_t watchers) noexcept {
  connections_ = open;
  watchers_ = watchers;
}

void request_counters::append_to(metric_snapshot& out) const {
  using enum metric::kind_type;
  for (const auto& [key, count] : answers_) {
    out.metrics.push_back(simple("dunlin_http_requests_total", "Requests answered, by route and status.", counter,
                                 static_cast<double>(count)));
    out.metrics.back().labels = {{"route", key.first}, {"status", std::to_string(key.second)}};
  }
  auto times = simple("dunlin_http_request_seconds", "Time from a whole request to its answer.", histogram, 0);
  times.bucket_bounds.assign(bounds.begin(), bounds.end());
  times.bucket_counts.assign(times_.begin(), times_.end());
  times.sum = seconds_;
  out.metrics.push_back(std::move(times));
  out.metrics.push_back(
      simple("dunlin_http_connections", "Open HTTP connections.", gauge, static_cast<double>(connections_)));
  out.metrics.push_back(simple("dunlin_http_watchers", "Connections that follow a task's events.", gauge,
                               static_cast<double>(watchers_)));
  out.metrics.push_back(simple("dunlin_http_refused_connections_total", "Connections refused over the cap.", counter,
                               static_cast<double>(refused_connections_)));
}

}  // namespace dunlin::net
