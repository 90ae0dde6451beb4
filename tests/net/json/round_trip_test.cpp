// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "net/json/codec.hpp"
#include "net/json/value.hpp"

namespace dunlin::json {
namespace {

namespace gen = rc::gen;

/// Text a user could type: any characters of the basic plane, as UTF-8.
std::string any_text() {
  std::string out;
  for (const auto c : *gen::container<std::vector<std::uint32_t>>(gen::inRange<std::uint32_t>(0, 0xd800))) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += static_cast<char>(0xc0 | c >> 6U);
      out += static_cast<char>(0x80 | (c & 0x3fU));
    } else {
      out += static_cast<char>(0xe0 | c >> 12U);
      out += static_cast<char>(0x80 | (c >> 6U & 0x3fU));
      out += static_cast<char>(0x80 | (c & 0x3fU));
    }
  }
  return out;
}

std::vector<std::string> any_texts() {
  std::vector<std::string> out(*gen::inRange<std::size_t>(0, 4));
  for (auto& each : out) each = any_text();
  return out;
}

resources any_resources() {
  return {*gen::arbitrary<std::uint32_t>(), *gen::arbitrary<std::uint64_t>(), *gen::arbitrary<std::uint32_t>(),
          *gen::arbitrary<std::uint64_t>(), milliseconds{*gen::inRange<std::int64_t>(0, 1LL << 62U)}};
}

milliseconds any_time() { return milliseconds{*gen::inRange<std::int64_t>(0, 1LL << 62U)}; }

template <class Enum>
Enum any_enum() {
  return static_cast<Enum>(*gen::inRange(0, static_cast<int>(enum_last(Enum{})) + 1));
}

task_spec any_spec() {
  task_spec spec;
  spec.name = any_text();
  spec.shape.kind = "k" + any_text();
  spec.shape.capabilities = any_texts();
  spec.shape.needs = any_resources();
  spec.shape.variants = {any_resources(), any_resources()};
  spec.shape.sharing = any_enum<sharing_pattern>();
  spec.shape.isolation = any_enum<isolation_mode>();
  spec.shape.on_lapse = any_enum<lapse_rule>();
  spec.shape.timeout = any_time();
  spec.shape.retry = {*gen::arbitrary<std::uint32_t>(), any_time(), *gen::arbitrary<bool>(), any_time()};
  spec.shape.where = {any_text(), *gen::arbitrary<std::int32_t>(), *gen::arbitrary<std::int32_t>()};
  spec.shape.checkpoint = {any_time(), *gen::arbitrary<bool>()};
  for (const auto byte : *gen::arbitrary<std::vector<std::uint8_t>>()) spec.payload.push_back(std::byte{byte});
  spec.priority = static_cast<std::uint8_t>(*gen::inRange(1, 11));
  spec.depends_on = any_texts();
  spec.not_before = *gen::arbitrary<std::int64_t>();
  spec.deadline = *gen::arbitrary<std::int64_t>();
  spec.idempotency_key = any_text();
  spec.locks = {any_text(), any_text()};
  spec.labels = {{"a", any_text()}, {"b" + any_text(), any_text()}};
  return spec;
}

RC_GTEST_PROP(RoundTrip, EverySpecComesBack, ()) {
  const std::vector<task_spec> specs{any_spec(), any_spec()};

  RC_ASSERT(parse_task_specs(to_json(specs)) == specs);
  RC_ASSERT(parse_task_specs(to_json(specs.front())) == std::vector{specs.front()});
}

RC_GTEST_PROP(RoundTrip, AnyBytesAreRefusedOrParsed, (const std::string& text)) {
  const auto specs = parse_task_specs(text);
  RC_ASSERT(specs.has_value() || specs.error().code != errc::none);
}

RC_GTEST_PROP(RoundTrip, ADamagedSpecNeverCrashes, ()) {
  auto text = to_json(any_spec());
  const auto at = *gen::inRange<std::size_t>(0, text.size());
  text[at] = *gen::arbitrary<char>();

  const auto specs = parse_task_specs(text);
  RC_ASSERT(specs.has_value() || !specs.error().context.empty());
}

}  // namespace
}  // namespace dunlin::json
