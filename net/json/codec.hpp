// SPDX-License-Identifier: Apache-2.0
// JSON for users: what the HTTP gateway speaks and what a task file holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/json/pages.hpp"

namespace dunlin::json {

/// Reads what a user submits: one spec, an array of specs, or `{"tasks": [...]}`. Strict: an unknown key is an error
/// that names the nearest one, and each error carries the path of its field, such as `tasks[3].resources.gpu_milli`.
/// Limits of values and the rules between specs are `validate_batch`'s.
/// Errors: malformed, too_large, wrong_type, unknown_field, missing_field, invalid_argument.
DUNLIN_EXPORT result<std::vector<task_spec>> parse_task_specs(std::string_view text);

/// Reads how a device is to be shared; as strict. Errors: as above.
DUNLIN_EXPORT result<coordinate_order> parse_coordinate_order(std::string_view text);
DUNLIN_EXPORT std::string to_json(const coordinate_order& order);

DUNLIN_EXPORT std::string to_json(const task_spec& spec);
DUNLIN_EXPORT std::string to_json(const std::vector<task_spec>& specs);  ///< `{"tasks": [...]}`
DUNLIN_EXPORT std::string to_json(const task_record& record);
DUNLIN_EXPORT std::string to_json(const task_event& event);
DUNLIN_EXPORT std::string to_json(const task_progress& progress);
DUNLIN_EXPORT std::string to_json(const task_explanation& explanation);
DUNLIN_EXPORT std::string to_json(const task_page& page);
DUNLIN_EXPORT std::string to_json(const event_page& page);
DUNLIN_EXPORT std::string to_json(const answer_page& page);
DUNLIN_EXPORT std::string to_json(const node_page& page);
DUNLIN_EXPORT std::string to_json(const agent_page& page);
DUNLIN_EXPORT std::string to_json(const device_page& page);
DUNLIN_EXPORT std::string to_json(const lease_page& page);
DUNLIN_EXPORT std::string to_json(const lock_page& page);
DUNLIN_EXPORT std::string to_json(const erased& count);
DUNLIN_EXPORT std::string to_json(const health& state);
DUNLIN_EXPORT std::string to_json(const error& why);  ///< `{"error": {"code", "message", "hint", "path"}}`

/// Reads what `to_json` wrote; a key that a newer server added is ignored. Defined for every type above but the specs.
/// Errors: malformed, too_large, wrong_type, invalid_argument.
template <class T>
result<T> parse_as(std::string_view text);

#define DUNLIN_PARSES(T) \
  template <>            \
  DUNLIN_EXPORT result<T> parse_as<T>(std::string_view text)
DUNLIN_PARSES(task_record);
DUNLIN_PARSES(task_event);
DUNLIN_PARSES(task_progress);
DUNLIN_PARSES(task_explanation);
DUNLIN_PARSES(task_page);
DUNLIN_PARSES(event_page);
DUNLIN_PARSES(answer_page);
DUNLIN_PARSES(node_page);
DUNLIN_PARSES(agent_page);
DUNLIN_PARSES(device_page);
DUNLIN_PARSES(lease_page);
DUNLIN_PARSES(lock_page);
DUNLIN_PARSES(erased);
DUNLIN_PARSES(health);
DUNLIN_PARSES(error);
#undef DUNLIN_PARSES

}  // namespace dunlin::json
