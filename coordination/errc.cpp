// SPDX-License-Identifier: Apache-2.0
#include "coordination/errc.hpp"

#include <array>
#include <utility>

namespace dunlin {

namespace {

using named_code = std::pair<errc, std::string_view>;

constexpr std::array names{
    named_code{errc::none, "none"},
    named_code{errc::invalid_argument, "invalid_argument"},
    named_code{errc::malformed, "malformed"},
    named_code{errc::wrong_type, "wrong_type"},
    named_code{errc::unknown_field, "unknown_field"},
    named_code{errc::missing_field, "missing_field"},
    named_code{errc::too_large, "too_large"},
    named_code{errc::unknown_kind, "unknown_kind"},
    named_code{errc::infeasible, "infeasible"},
    named_code{errc::cyclic_dependency, "cyclic_dependency"},
    named_code{errc::unknown_dependency, "unknown_dependency"},
    named_code{errc::duplicate_key, "duplicate_key"},
    named_code{errc::unknown_verb, "unknown_verb"},
    named_code{errc::not_found, "not_found"},
    named_code{errc::conflict, "conflict"},
    named_code{errc::already_running, "already_running"},
    named_code{errc::overloaded, "overloaded"},
    named_code{errc::quota_exceeded, "quota_exceeded"},
    named_code{errc::no_credit, "no_credit"},
    named_code{errc::fenced_off, "fenced_off"},
    named_code{errc::lease_expired, "lease_expired"},
    named_code{errc::not_holder, "not_holder"},
    named_code{errc::stale_term, "stale_term"},
    named_code{errc::handler_failed, "handler_failed"},
    named_code{errc::handler_threw, "handler_threw"},
    named_code{errc::crashed, "crashed"},
    named_code{errc::timeout, "timeout"},
    named_code{errc::cancelled, "cancelled"},
    named_code{errc::expired, "expired"},
    named_code{errc::dependency_failed, "dependency_failed"},
    named_code{errc::poisoned, "poisoned"},
    named_code{errc::output_too_large, "output_too_large"},
    named_code{errc::not_allowed, "not_allowed"},
    named_code{errc::stuck_handler, "stuck_handler"},
    named_code{errc::device_faulted, "device_faulted"},
    named_code{errc::unreachable, "unreachable"},
    named_code{errc::link_down, "link_down"},
    named_code{errc::protocol_violation, "protocol_violation"},
    named_code{errc::version_mismatch, "version_mismatch"},
    named_code{errc::wrong_cluster, "wrong_cluster"},
    named_code{errc::bad_secret, "bad_secret"},
    named_code{errc::duplicate_name, "duplicate_name"},
    named_code{errc::address_refused, "address_refused"},
    named_code{errc::unauthorised, "unauthorised"},
    named_code{errc::forbidden, "forbidden"},
    named_code{errc::store_unavailable, "store_unavailable"},
    named_code{errc::corrupt, "corrupt"},
    named_code{errc::io_failed, "io_failed"},
    named_code{errc::device_lost, "device_lost"},
    named_code{errc::not_supported, "not_supported"},
    named_code{errc::shutting_down, "shutting_down"},
    named_code{errc::internal, "internal"},
};

}  // namespace

std::string_view to_string(errc code) noexcept {
  for (const auto& [known, name] : names)
    if (known == code) return name;
  return "errc_unknown";
}

errc errc_from_string(std::string_view wanted) noexcept {
  for (const auto& [code, name] : names)
    if (name == wanted) return code;
  return errc::internal;
}

}  // namespace dunlin
