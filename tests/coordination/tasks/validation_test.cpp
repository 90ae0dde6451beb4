// SPDX-License-Identifier: Apache-2.0
// Every limit of a specification, one step inside and one step outside, with the path that a refusal names.
#include "coordination/tasks/validation.hpp"

#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

using testing::HasSubstr;

using edit = void (*)(task_spec&);

struct bad_field {
  const char* name;
  edit break_it;
  const char* path;
  errc code = errc::invalid_argument;
};

std::vector<std::string> numbered(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back("n" + std::to_string(i));
  return out;
}

std::vector<label> labelled(std::size_t count) {
  std::vector<label> out;
  for (const auto& key : numbered(count)) out.push_back({key, "v"});
  return out;
}

const std::vector<bad_field>& bad_fields() {
  static const std::vector<bad_field> all{
      {"NoKind", [](task_spec& s) { s.shape.kind.clear(); }, "kind", errc::missing_field},
      {"KindWithASlash", [](task_spec& s) { s.shape.kind = "a/b"; }, "kind"},
      {"LongKind", [](task_spec& s) { s.shape.kind = std::string(65, 'k'); }, "kind"},
      {"NameWithABlank", [](task_spec& s) { s.name = "a b"; }, "name"},
      {"PriorityZero", [](task_spec& s) { s.priority = 0; }, "priority"},
      {"PriorityEleven", [](task_spec& s) { s.priority = 11; }, "priority"},
      {"BoostByNothing",
       [](task_spec& s) {
         s.priority_boosts = {{1, 1s}, {0, 1s}};
       },
       "priority_boosts[1].by"},
      {"BoostByTen",
       [](task_spec& s) {
         s.priority_boosts = {{10, 1s}};
       },
       "priority_boosts[0].by"},
      {"BoostForNoTime",
       [](task_spec& s) {
         s.priority_boosts = {{1, 0s}};
       },
       "priority_boosts[0].lasts_ms"},
      {"BoostForDays",
       [](task_spec& s) {
         s.priority_boosts = {{1, 25h}};
       },
       "priority_boosts[0].lasts_ms"},
      {"TwoReservations",
       [](task_spec& s) {
         s.shape.sharing = sharing_pattern::exclusive;
         s.shape.reserved = {{0s, 1s}, {2s, 1s}};
       },
       "resource_reservations", errc::too_large},
      {"ReservationOfNothing",
       [](task_spec& s) {
         s.shape.reserved = {{0s, 1s}};
       },
       "resource_reservations"},
      {"ReservationOfWhatItMayDoWithout",
       [](task_spec& s) {
         s.shape.sharing = sharing_pattern::exclusive;
         s.shape.variants = {{1'000, 0, 0, 0}};
         s.shape.reserved = {{0s, 1s}};
       },
       "resource_reservations"},
      {"ReservationWithALock",
       [](task_spec& s) {
         s.shape.sharing = sharing_pattern::exclusive;
         s.shape.reserved = {{0s, 1s}};
         s.locks = {"model:x"};
       },
       "resource_reservations"},
      {"ReservationInThePast",
       [](task_spec& s) {
         s.shape.sharing = sharing_pattern::exclusive;
         s.shape.reserved = {{-1ms, 1s}};
       },
       "resource_reservations[0].starts_in_ms"},
      {"ReservationForNoTime",
       [](task_spec& s) {
         s.shape.sharing = sharing_pattern::exclusive;
         s.shape.reserved = {{0s, 0s}};
       },
       "resource_reservations[0].lasts_ms"},
      {"ReservationBeyondAWeek",
       [](task_spec& s) {
         s.shape.sharing = sharing_pattern::exclusive;
         s.shape.reserved = {{furthest_reservation - 1s, 2s}};
       },
       "resource_reservations[0].lasts_ms"},
      {"LargePayload", [](task_spec& s) { s.payload.resize(max_inline_bytes + 1); }, "payload", errc::too_large},
      {"NoTimeout", [](task_spec& s) { s.shape.timeout = milliseconds{0}; }, "timeout_ms"},
      {"LongTimeout", [](task_spec& s) { s.shape.timeout = spec_limits::timeout + milliseconds{1}; }, "timeout_ms"},
      {"NegativeLatency", [](task_spec& s) { s.shape.target_latency = milliseconds{-1}; }, "target_latency_ms"},
      {"NegativeInterval", [](task_spec& s) { s.shape.checkpoint.interval = milliseconds{-1}; },
       "checkpoint.interval_ms"},
      {"NegativeStart", [](task_spec& s) { s.not_before = -1; }, "not_before"},
      {"FarStart", [](task_spec& s) { s.not_before = spec_limits::wall + 1; }, "not_before"},
      {"NegativeDeadline", [](task_spec& s) { s.deadline = -1; }, "deadline"},
      {"DeadlineAtTheStart", [](task_spec& s) { s.not_before = s.deadline = noon; }, "deadline"},
      {"ManyRetries", [](task_spec& s) { s.shape.retry.max_retries = 1'001; }, "retry.max_retries"},
      {"NegativeDelay", [](task_spec& s) { s.shape.retry.delay = milliseconds{-1}; }, "retry.delay_ms"},
      {"LongDelay", [](task_spec& s) { s.shape.retry.delay = spec_limits::retry_delay * 2; }, "retry.delay_ms"},
      {"LongMaxDelay", [](task_spec& s) { s.shape.retry.max_delay = spec_limits::retry_delay * 2; },
       "retry.max_delay_ms"},
      {"MaxDelayBelowDelay", [](task_spec& s) { s.shape.retry.max_delay = milliseconds{999}; }, "retry.max_delay_ms"},
      {"ManyCores", [](task_spec& s) { s.shape.needs.cpu_milli = spec_limits::cpu_milli + 1; }, "resources.cpu_milli"},
      {"ManyDevices", [](task_spec& s) { s.shape.needs.gpu_milli = 65'000; }, "resources.gpu_milli"},
      {"OneAndAHalfDevices", [](task_spec& s) { s.shape.needs.gpu_milli = 1'500; }, "resources.gpu_milli"},
      {"MemoryWithoutAShare", [](task_spec& s) { s.shape.needs.gpu_bytes = 1; }, "resources.gpu_bytes"},
      {"MuchMemory", [](task_spec& s) { s.shape.needs.host_bytes = spec_limits::memory_bytes + 1; },
       "resources.host_bytes"},
      {"MemoryThatWraps", [](task_spec& s) { s.shape.needs.host_bytes = ~std::uint64_t{0}; }, "resources.host_bytes"},
      {"NegativeExpectation", [](task_spec& s) { s.shape.needs.expected = milliseconds{-1}; }, "resources.expected_ms"},
      {"ManyVariants", [](task_spec& s) { s.shape.variants.resize(9); }, "variants", errc::too_large},
      {"BadVariant",
       [](task_spec& s) {
         s.shape.variants = {resources{}, resources{0, 0, 0, 5}};
       },
       "variants[1].gpu_bytes"},
      {"ManyCapabilities", [](task_spec& s) { s.shape.capabilities = numbered(33); }, "capabilities", errc::too_large},
      {"BadCapability",
       [](task_spec& s) {
         s.shape.capabilities = {"ok", ""};
       },
       "capabilities[1]"},
      {"CapabilityTwice",
       [](task_spec& s) {
         s.shape.capabilities = {"x", "y", "x"};
       },
       "capabilities"},
      {"BadNode", [](task_spec& s) { s.shape.where.node = "no node"; }, "affinity.node"},
      {"DeviceBelowAny", [](task_spec& s) { s.shape.where.device = -2; }, "affinity.device"},
      {"FarDevice", [](task_spec& s) { s.shape.where.device = 1'024; }, "affinity.device"},
      {"FarStream", [](task_spec& s) { s.shape.where.stream = 1'024; }, "affinity.stream"},
      {"ManyDependencies", [](task_spec& s) { s.depends_on = numbered(1'025); }, "depends_on", errc::too_large},
      {"BadDependency",
       [](task_spec& s) {
         s.depends_on = {"a", "b c"};
       },
       "depends_on[1]"},
      {"DependencyTwice",
       [](task_spec& s) {
         s.depends_on = {"a", "a"};
       },
       "depends_on"},
      {"LongKey", [](task_spec& s) { s.idempotency_key = std::string(129, 'k'); }, "idempotency_key", errc::too_large},
      {"KeyWithABlank", [](task_spec& s) { s.idempotency_key = "a b"; }, "idempotency_key"},
      {"KeyBeyondAscii", [](task_spec& s) { s.idempotency_key = "schlüssel"; }, "idempotency_key"},
      {"ManyLocks", [](task_spec& s) { s.locks = {"a", "b", "c", "d", "e", "f", "g", "h", "i"}; }, "locks",
       errc::too_large},
      {"LockWithBlank",
       [](task_spec& s) {
         s.locks = {"model:x", "model x"};
       },
       "locks[1]"},
      {"EmptyLock", [](task_spec& s) { s.locks = {""}; }, "locks[0]"},
      {"LongLock", [](task_spec& s) { s.locks = {std::string(65, 'x')}; }, "locks[0]"},
      {"LockTwice",
       [](task_spec& s) {
         s.locks = {"a", "b", "a"};
       },
       "locks"},
      {"LockWithoutALease",
       [](task_spec& s) {
         s.locks = {"a"};
         s.shape.on_lapse = lapse_rule::carry_on;
       },
       "on_lapse"},
      {"ManyLabels", [](task_spec& s) { s.labels = labelled(33); }, "labels", errc::too_large},
      {"BadLabelKey",
       [](task_spec& s) {
         s.labels = {{"a b", "v"}};
       },
       "labels[0].key"},
      {"LongLabel",
       [](task_spec& s) {
         s.labels = {{"a", std::string(257, 'v')}};
       },
       "labels[0].value", errc::too_large},
      {"LabelWithALineBreak",
       [](task_spec& s) {
         s.labels = {{"a", "x\ny"}};
       },
       "labels[0].value"},
      {"LabelTwice",
       [](task_spec& s) {
         s.labels = {{"a", "1"}, {"b", "2"}, {"a", "3"}};
       },
       "labels"},
      {"UnknownSharing", [](task_spec& s) { s.shape.sharing = static_cast<sharing_pattern>(6); }, "sharing"},
      {"UnknownIsolation", [](task_spec& s) { s.shape.isolation = static_cast<isolation_mode>(4); }, "isolation"},
      {"UnknownLapse", [](task_spec& s) { s.shape.on_lapse = static_cast<lapse_rule>(2); }, "on_lapse"},
  };
  return all;
}

class BadField : public testing::TestWithParam<bad_field> {};

TEST_P(BadField, IsRefusedWithItsPathAndAHint) {
  task_spec spec = work();
  GetParam().break_it(spec);

  const auto alone = validate(spec, {});
  const auto in_batch = validate_batch(std::vector<task_spec>{work(), spec});

  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().code, GetParam().code);
  EXPECT_EQ(alone.error().path, GetParam().path);
  EXPECT_FALSE(alone.error().context.empty());
  EXPECT_FALSE(alone.error().hint.empty());
  ASSERT_FALSE(in_batch);
  EXPECT_EQ(in_batch.error().path, std::string{"tasks[1]."} + GetParam().path);
}

INSTANTIATE_TEST_SUITE_P(Specification, BadField, testing::ValuesIn(bad_fields()),
                         [](const auto& given) { return std::string{given.param.name}; });

TEST(Validation, AcceptsEveryFieldAtItsLimit) {
  task_spec spec = work(std::string(64, 'n'));
  spec.shape.kind = std::string(64, 'k');
  spec.shape.capabilities = numbered(spec_limits::capabilities);
  spec.shape.needs = {spec_limits::cpu_milli, spec_limits::memory_bytes, spec_limits::gpu_milli,
                      spec_limits::memory_bytes};
  spec.shape.variants.resize(spec_limits::variants);
  spec.shape.timeout = spec_limits::timeout;
  spec.shape.target_latency = spec_limits::timeout;
  spec.shape.retry = {spec_limits::max_retries, spec_limits::retry_delay, true, spec_limits::retry_delay};
  spec.shape.where = {"node", 1'023, 1'023};
  spec.payload.resize(max_inline_bytes);
  spec.depends_on = numbered(spec_limits::dependencies);
  spec.not_before = spec_limits::wall - 1;
  spec.deadline = spec_limits::wall;
  spec.idempotency_key = std::string(spec_limits::key_bytes, '~');
  spec.labels = labelled(spec_limits::labels);
  spec.locks = {"model:resnet/v2.1_x-y", std::string(64, 'Z'), "0", "1", "2", "3", "4", "5"};
  spec.labels[0].value = std::string(spec_limits::label_value_bytes, ' ');

  for (const int priority : {1, 10}) {
    spec.priority = static_cast<std::uint8_t>(priority);
    EXPECT_TRUE(validate(spec, {}));
  }
}

TEST(Validation, ALongWrongNameIsQuotedInPart) {
  const auto answer = validate(work(std::string(70, 'x')), {});

  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().context, HasSubstr("'" + std::string(64, 'x') + "...'"));
}

TEST(Validation, ALargePayloadIsToldOfBlobs) {
  EXPECT_THAT(validate(work().payload(std::string(max_inline_bytes + 1, 'x')), {}).error().hint, HasSubstr("blob"));
}

}  // namespace
}  // namespace dunlin
