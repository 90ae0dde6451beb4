// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/prometheus_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/gateway/request_counters.hpp"

namespace dunlin::net {
namespace {

using testing::HasSubstr;
using enum metric::kind_type;

TEST(PrometheusText, MetricsOfOneNameStandTogetherUnderOneHelp) {
  metric_snapshot snapshot;
  snapshot.metrics = {{"tasks_total", "Tasks.", counter, {{"state", "a"}}, 3, {}, {}, 0},
                      {"load", "Load.", gauge, {}, 0.5, {}, {}, 0},
                      {"tasks_total", "Tasks.", counter, {{"state", "b"}}, 4, {}, {}, 0}};

  EXPECT_EQ(prometheus_text(snapshot),
            "# HELP tasks_total Tasks.\n# TYPE tasks_total counter\n"
            "tasks_total{state=\"a\"} 3\ntasks_total{state=\"b\"} 4\n"
            "# HELP load Load.\n# TYPE load gauge\nload 0.5\n");
}

TEST(PrometheusText, HistogramsBecomeCumulative) {
  metric_snapshot snapshot;
  snapshot.metrics = {{"wait", "Wait.", histogram, {}, 0, {1, 2}, {5, 6, 7}, 42}};

  const auto text = prometheus_text(snapshot);

  EXPECT_THAT(text, HasSubstr("wait_count 18\nwait_sum 42\n"));
  EXPECT_THAT(text, HasSubstr("wait_bucket{le=\"1\"} 5\nwait_bucket{le=\"2\"} 11\nwait_bucket{le=\"+Inf\"} 18\n"));
}

TEST(PrometheusText, LabelsAreEscaped) {
  metric_snapshot snapshot;
  snapshot.metrics = {{"m", "", gauge, {{"k", "a\"b\\c\nd"}}, 1, {}, {}, 0}};

  EXPECT_THAT(prometheus_text(snapshot), HasSubstr(R"(m{k="a\"b\\c\nd"} 1)"));
}

TEST(RequestCounters, AppearAsMetrics) {
  request_counters counters;
  counters.on_answer("/v1/tasks", 201, 2ms);
  counters.on_answer("/v1/tasks", 201, 2ms);
  counters.on_answer("/v1/tasks", 429, 20s);
  counters.on_refused_connection();
  counters.set_connections(3, 1);
  metric_snapshot snapshot;
  counters.append_to(snapshot);

  const auto text = prometheus_text(snapshot);

  EXPECT_THAT(text, HasSubstr("dunlin_http_requests_total{route=\"/v1/tasks\",status=\"201\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("dunlin_http_requests_total{route=\"/v1/tasks\",status=\"429\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("dunlin_http_request_seconds_bucket{le=\"0.005\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("dunlin_http_request_seconds_bucket{le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("dunlin_http_connections 3\n"));
  EXPECT_THAT(text, HasSubstr("dunlin_http_watchers 1\n"));
  EXPECT_THAT(text, HasSubstr("dunlin_http_refused_connections_total 1\n"));
}

}  // namespace
}  // namespace dunlin::net
