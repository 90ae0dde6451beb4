// SPDX-License-Identifier: Apache-2.0
#include "net/json/codec.hpp"

#include "net/json/decode.hpp"
#include "net/json/describe_views.hpp"
#include "net/json/encode.hpp"

namespace dunlin::json {

namespace {

struct refusal {
  error why;
};

void describe(auto& visit, maybe_const<refusal> auto& m) { visit("error", m.why); }

}  // namespace

std::string to_json(const error& why) { return encode_text(refusal{why}); }

template <>
result<error> parse_as<error>(std::string_view text) {
  auto out = decode_text<refusal>(text, false);
  if (!out) return fail(std::move(out.error()));
  return std::move(out->why);
}

std::string to_json(const coordinate_order& order) { return encode_text(order); }

result<coordinate_order> parse_coordinate_order(std::string_view text) {
  auto tree = parse(text);
  if (!tree) return fail(std::move(tree.error()));
  decoding in;
  coordinate_order out;
  decode(in, place{}, *tree, out);
  if (!in.ok()) return fail(std::move(in.failure));
  return out;
}

#define DUNLIN_CODEC(T)                                              \
  std::string to_json(const T& value) { return encode_text(value); } \
  template <>                                                        \
  result<T> parse_as<T>(std::string_view text) {                     \
    return decode_text<T>(text, false);                              \
  }
DUNLIN_CODEC(task_record)
DUNLIN_CODEC(task_event)
DUNLIN_CODEC(task_progress)
DUNLIN_CODEC(task_explanation)
DUNLIN_CODEC(task_page)
DUNLIN_CODEC(event_page)
DUNLIN_CODEC(answer_page)
DUNLIN_CODEC(node_page)
DUNLIN_CODEC(agent_page)
DUNLIN_CODEC(device_page)
DUNLIN_CODEC(lease_page)
DUNLIN_CODEC(lock_page)
DUNLIN_CODEC(erased)
DUNLIN_CODEC(health)
#undef DUNLIN_CODEC

}  // namespace dunlin::json
