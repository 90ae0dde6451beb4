// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/prometheus_text.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <unordered_map>
#include <vector>

namespace dunlin::net {

namespace {

prometheus::MetricType type_of(metric::kind_type kind) noexcept {
  switch (kind) {
    case metric::kind_type::counter:
      return prometheus::MetricType::Counter;
    case metric::kind_type::histogram:
      return prometheus::MetricType::Histogram;
    case metric::kind_type::gauge:
      break;
  }
  return prometheus::MetricType::Gauge;
}

prometheus::ClientMetric::Histogram histogram_of(const metric& from) {
  prometheus::ClientMetric::Histogram out;
  out.sample_sum = from.sum;
  for (std::size_t i = 0; i < from.bucket_counts.size(); ++i) {
    out.sample_count += from.bucket_counts[i];
    const bool last = i >= from.bucket_bounds.size();
    out.bucket.push_back({out.sample_count, last ? std::numeric_limits<double>::infinity() : from.bucket_bounds[i]});
  }
  return out;
}

prometheus::ClientMetric client_metric(const metric& from) {
  prometheus::ClientMetric out;
  for (const auto& each : from.labels) out.label.push_back({each.key, each.value});
  out.counter.value = from.value;
  out.gauge.value = from.value;
  if (from.kind == metric::kind_type::histogram) out.histogram = histogram_of(from);
  return out;
}

}  // namespace

std::string prometheus_text(const metric_snapshot& snapshot) {
  std::vector<prometheus::MetricFamily> families;
  std::unordered_map<std::string, std::size_t> index;
  for (const auto& each : snapshot.metrics) {
    const auto [found, fresh] = index.try_emplace(each.name, families.size());
    if (fresh) families.push_back({each.name, each.help, type_of(each.kind), {}});
    families[found->second].metric.push_back(client_metric(each));
  }
  return prometheus::TextSerializer{}.Serialize(families);
}

}  // namespace dunlin::net
