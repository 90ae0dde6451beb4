// SPDX-License-Identifier: Apache-2.0
#include "coordination/collective/collective_call.hpp"

namespace dunlin {

std::string_view to_string(collective_kind kind) noexcept {
  switch (kind) {
    case collective_kind::all_reduce:
      return "all_reduce";
    case collective_kind::reduce_scatter:
      return "reduce_scatter";
    case collective_kind::all_gather:
      return "all_gather";
    case collective_kind::broadcast:
      return "broadcast";
    case collective_kind::barrier:
      return "barrier";
    case collective_kind::send:
      return "send";
  }
  return "unknown";
}

element_range part_of(std::uint64_t count, std::uint32_t parts, std::uint32_t index) noexcept {
  const auto each = count / parts;
  const auto longer = count % parts;  // so many parts have one more
  const auto before = std::uint64_t{index};
  return {before * each + (before < longer ? before : longer), each + (before < longer ? 1U : 0U)};
}

result<void> check(const collective_call& call, std::uint32_t members) {
  if (members == 0) return fail(errc::invalid_argument, "a group has a member at least", {}, "members");
  const bool has_root = call.kind == collective_kind::broadcast || call.kind == collective_kind::send;
  const auto is_no_member = [&](std::uint32_t rank) {
    return fail(errc::invalid_argument,
                "member " + std::to_string(rank) + " of a group of " + std::to_string(members) + " does not exist");
  };
  if (has_root && call.root >= members) return is_no_member(call.root);
  if (call.kind != collective_kind::send) return {};
  if (call.peer >= members) return is_no_member(call.peer);
  if (call.peer == call.root) return fail(errc::invalid_argument, "a member sends to another one", {}, "peer");
  return {};
}

}  // namespace dunlin
