// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/validation.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "coordination/tasks/batch_plan.hpp"
#include "coordination/tasks/field_checks.hpp"

namespace dunlin {

namespace {

verdict check_resources(const std::string& field, const resources& wish) {
  if (wish == resources{}) return {};
  const auto memory = static_cast<std::int64_t>(spec_limits::memory_bytes);
  const auto bytes_of = [](std::uint64_t value) {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(value, std::uint64_t{1} << 62));
  };
  if (auto bad = check_range(field + ".cpu_milli", wish.cpu_milli, 0, spec_limits::cpu_milli)) return bad;
  if (auto bad = check_range(field + ".gpu_milli", wish.gpu_milli, 0, spec_limits::gpu_milli)) return bad;
  if (auto bad = check_range(field + ".host_bytes", bytes_of(wish.host_bytes), 0, memory)) return bad;
  if (auto bad = check_range(field + ".gpu_bytes", bytes_of(wish.gpu_bytes), 0, memory)) return bad;
  if (auto bad = check_range(field + ".expected_ms", wish.expected.count(), 0, spec_limits::timeout.count()))
    return bad;
  if (wish.gpu_milli > 1'000 && wish.gpu_milli % 1'000 != 0)
    return refusal{errc::invalid_argument, field + ".gpu_milli",
                   std::to_string(wish.gpu_milli) + " is more than one device and not a whole number of them",
                   "use 1 to 1000 for a share of one device, or a multiple of 1000"};
  if (wish.gpu_bytes > 0 && wish.gpu_milli == 0)
    return refusal{errc::invalid_argument, field + ".gpu_bytes",
                   std::to_string(wish.gpu_bytes) + " bytes of a device without a share of it",
                   "ask for gpu_milli of at least 1 as well"};
  return {};
}

verdict check_needs(const task_shape& shape) {
  if (auto bad = check_resources("resources", shape.needs)) return bad;
  if (auto bad = check_size("variants", shape.variants.size(), spec_limits::variants, "alternatives")) return bad;
  for (std::size_t i = 0; i < shape.variants.size(); ++i)
    if (auto bad = check_resources(item("variants", i), shape.variants[i])) return bad;
  return {};
}

/// A share of one device is kept, so every way to run the task has to ask for one.
verdict check_reserved(const task_shape& shape) {
  const auto& reserved = shape.reserved;
  if (reserved.empty()) return {};
  if (auto bad = check_size("resource_reservations", reserved.size(), spec_limits::reservations, "reservations"))
    return bad;
  if (!wants_device(shape, 0) || !shape.variants.empty())
    return refusal{errc::invalid_argument, "resource_reservations", "the task may run without a share of a device",
                   "ask for gpu_milli or name how it shares, and name no variants"};
  const auto furthest = furthest_reservation.count();
  const auto starts = reserved[0].starts_in.count();
  if (auto bad = check_range("resource_reservations[0].starts_in_ms", starts, 0, furthest - 1)) return bad;
  return check_range("resource_reservations[0].lasts_ms", reserved[0].lasts.count(), 1, furthest - starts);
}

verdict check_kind(const std::string& kind) {
  if (kind.empty())
    return refusal{errc::missing_field, "kind", "no kind is given", "name the handler that shall run the task"};
  return check_name("kind", kind);
}

template <class Enum>
verdict check_enum(std::string_view field, Enum value) {
  return check_range(field, static_cast<int>(value), 0, static_cast<int>(enum_last(value)));
}

verdict check_modes(const task_shape& shape) {
  if (auto bad = check_enum("sharing", shape.sharing)) return bad;
  if (auto bad = check_enum("isolation", shape.isolation)) return bad;
  return check_enum("on_lapse", shape.on_lapse);
}

verdict check_retry(const retry_policy& retry) {
  const auto longest = spec_limits::retry_delay.count();
  if (auto bad = check_range("retry.max_retries", retry.max_retries, 0, spec_limits::max_retries)) return bad;
  if (auto bad = check_range("retry.delay_ms", retry.delay.count(), 0, longest)) return bad;
  if (auto bad = check_range("retry.max_delay_ms", retry.max_delay.count(), 0, longest)) return bad;
  if (retry.max_delay >= retry.delay) return {};
  return refusal{errc::invalid_argument, "retry.max_delay_ms",
                 std::to_string(retry.max_delay.count()) + " is less than the first delay of " +
                     std::to_string(retry.delay.count()),
                 "raise max_delay_ms or lower delay_ms"};
}

verdict check_durations(const task_shape& shape) {
  const auto longest = spec_limits::timeout.count();
  if (auto bad = check_range("timeout_ms", shape.timeout.count(), 1, longest)) return bad;
  if (auto bad = check_range("target_latency_ms", shape.target_latency.count(), 0, longest)) return bad;
  return check_range("checkpoint.interval_ms", shape.checkpoint.interval.count(), 0, longest);
}

verdict check_times(const task_spec& spec) {
  if (spec.not_before == 0 && spec.deadline == 0) return {};
  if (auto bad = check_range("not_before", spec.not_before, 0, spec_limits::wall)) return bad;
  if (auto bad = check_range("deadline", spec.deadline, 0, spec_limits::wall)) return bad;
  if (spec.deadline == 0 || spec.deadline > spec.not_before) return {};
  return refusal{errc::invalid_argument, "deadline",
                 std::to_string(spec.deadline) + " is not after not_before, " + std::to_string(spec.not_before),
                 "give a later deadline or an earlier not_before"};
}

verdict check_affinity(const affinity& where) {
  if (!where.node.empty())
    if (auto bad = check_name("affinity.node", where.node)) return bad;
  if (auto bad = check_range("affinity.device", where.device, -1, 1'023)) return bad;
  return check_range("affinity.stream", where.stream, -1, 1'023);
}

verdict check_key(std::string_view key) {
  if (key.empty()) return {};
  if (auto bad = check_size("idempotency_key", key.size(), spec_limits::key_bytes, "bytes")) return bad;
  const auto visible = [](char c) { return c > ' ' && c <= '~'; };
  if (std::ranges::all_of(key, visible)) return {};
  return refusal{errc::invalid_argument, "idempotency_key", "it holds blanks or characters outside ASCII",
                 "use visible ASCII characters, such as a UUID"};
}

verdict check_label(const std::string& field, const label& tag) {
  if (auto bad = check_name(field + ".key", tag.key)) return bad;
  if (auto bad = check_size(field + ".value", tag.value.size(), spec_limits::label_value_bytes, "bytes")) return bad;
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (std::ranges::none_of(tag.value, control)) return {};
  return refusal{errc::invalid_argument, field + ".value", "it holds control characters", "use plain text"};
}

verdict check_labels(const std::vector<label>& labels) {
  if (labels.empty()) return {};
  if (auto bad = check_size("labels", labels.size(), spec_limits::labels, "labels")) return bad;
  std::vector<std::string_view> keys;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (auto bad = check_label(item("labels", i), labels[i])) return bad;
    keys.emplace_back(labels[i].key);
  }
  if (const auto twin = find_twin(std::move(keys)))
    return refusal{errc::invalid_argument, "labels", quoted(*twin) + " is given twice", "give each key once"};
  return {};
}

/// A name with room for what kind of thing it names: `model:resnet/v2`.
bool is_lock_name(std::string_view name) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == ':' || c == '/';
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, allowed);
}

verdict check_locks(const task_spec& spec) {
  const auto& locks = spec.locks;
  if (locks.empty()) return {};
  if (auto bad = check_size("locks", locks.size(), spec_limits::locks, "names")) return bad;
  for (std::size_t i = 0; i < locks.size(); ++i)
    if (!is_lock_name(locks[i]))
      return refusal{errc::invalid_argument, item("locks", i), quoted(locks[i]) + " is not the name of a lock",
                     "use 1 to 64 characters of A-Z a-z 0-9 . _ - : /"};
  if (const auto twin = find_twin({locks.begin(), locks.end()}))
    return refusal{errc::invalid_argument, "locks", quoted(*twin) + " stands there twice", "name each once"};
  if (!spec.shape.reserved.empty())
    return refusal{errc::invalid_argument, "resource_reservations",
                   "a task that has reserved its share for later would keep its locks from others until then",
                   "name no locks, or reserve nothing"};
  if (spec.shape.on_lapse == lapse_rule::kill) return {};
  return refusal{errc::invalid_argument, "on_lapse", "a task that carries on without its lease cannot hold a lock",
                 "use kill, or name no locks"};
}

verdict check_shape(const task_shape& shape) {
  if (auto bad = check_kind(shape.kind)) return bad;
  if (auto bad = check_modes(shape)) return bad;
  if (auto bad = check_durations(shape)) return bad;
  if (auto bad = check_retry(shape.retry)) return bad;
  if (auto bad = check_needs(shape)) return bad;
  if (auto bad = check_reserved(shape)) return bad;
  if (auto bad = check_names("capabilities", shape.capabilities, spec_limits::capabilities)) return bad;
  return check_affinity(shape.where);
}

verdict check_payload(const bytes& payload) {
  auto bad = check_size("payload", payload.size(), max_inline_bytes, "bytes");
  if (bad) bad->hint += "; put more into a blob and pass its reference";
  return bad;
}

verdict check_boosts(const std::vector<task_boost>& boosts) {
  if (auto bad = check_size("priority_boosts", boosts.size(), spec_limits::boosts, "boosts")) return bad;
  for (std::size_t i = 0; i < boosts.size(); ++i) {
    const auto field = "priority_boosts[" + std::to_string(i) + "]";
    if (auto bad = check_range(field + ".by", boosts[i].by, 1, highest_boosted)) return bad;
    if (auto bad = check_range(field + ".lasts_ms", boosts[i].lasts.count(), 1, spec_limits::boost.count())) return bad;
  }
  return {};
}

/// What a task does not share with others of its shape.
verdict check_own(const task_spec& spec) {
  if (!spec.name.empty())
    if (auto bad = check_name("name", spec.name)) return bad;
  if (auto bad = check_range("priority", spec.priority, 1, 10)) return bad;
  if (auto bad = check_boosts(spec.priority_boosts)) return bad;
  if (auto bad = check_payload(spec.payload)) return bad;
  if (auto bad = check_times(spec)) return bad;
  if (auto bad = check_names("depends_on", spec.depends_on, spec_limits::dependencies)) return bad;
  if (auto bad = check_key(spec.idempotency_key)) return bad;
  if (auto bad = check_locks(spec)) return bad;
  return check_labels(spec.labels);
}

verdict check_spec(const task_spec& spec) {
  if (auto bad = check_own(spec)) return bad;
  return check_shape(spec.shape);
}

tl::unexpected<error> refuse(refusal why, std::string path) {
  auto where = path.empty() ? std::move(why.field) : std::move(path) + "." + why.field;
  return fail(why.code, std::move(why.cause), std::move(why.hint), std::move(where));
}

}  // namespace

result<void> validate(const task_spec& spec, std::string path) {
  if (auto bad = check_spec(spec)) return refuse(std::move(*bad), std::move(path));
  return {};
}

result<void> validate_each(std::span<const task_spec> batch, const shape_table* known) {
  if (batch.empty()) return fail(errc::invalid_argument, "the batch is empty", "submit at least one task", "tasks");
  if (auto bad = check_size("tasks", batch.size(), spec_limits::batch_tasks, "tasks"))
    return refuse(std::move(*bad), {});
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const bool like_the_last = i > 0 && batch[i].shape == batch[i - 1].shape;
    const bool is_known = like_the_last || (known != nullptr && known->find(batch[i].shape));
    if (auto bad = is_known ? check_own(batch[i]) : check_spec(batch[i]))
      return refuse(std::move(*bad), item("tasks", i));
  }
  return {};
}

result<void> validate_batch(std::span<const task_spec> batch) {
  if (auto checked = validate_each(batch); !checked) return checked;
  return plan_batch(batch).map([](const batch_plan&) {});
}

}  // namespace dunlin
