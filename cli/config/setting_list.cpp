// SPDX-License-Identifier: Apache-2.0
// The settings, one row each.
#include <array>
#include <concepts>
#include <type_traits>

#include "cli/config/setting_table.hpp"
#include "coordination/messages.hpp"

namespace dunlin::cli {

namespace {

using value = setting_value;
using list = std::vector<std::string>;
using sv = std::string_view;

/// How a setting gets into `settings` and out again.
struct place {
  void (*apply)(settings&, const value&);
  value (*read)(const settings&);
};

constexpr std::int64_t most = 1'000'000'000;
constexpr std::int64_t most_bytes = std::int64_t{1} << 50;

constexpr setting text(sv key, sv flag, sv help, place at, sv choices = {}) {
  return {key, flag, help, setting_type::text, audience::swarm, 0, 0, choices, at.apply, at.read};
}
constexpr setting number(sv key, sv flag, sv help, std::int64_t lowest, std::int64_t highest, place at) {
  return {key, flag, help, setting_type::number, audience::swarm, lowest, highest, {}, at.apply, at.read};
}
/// `lowest` and `highest` in thousandths.
constexpr setting fraction(sv key, sv flag, sv help, std::int64_t lowest, std::int64_t highest, place at) {
  return {key, flag, help, setting_type::fraction, audience::swarm, lowest, highest, {}, at.apply, at.read};
}
constexpr setting several(sv key, sv flag, sv help, place at) {
  return {key, flag, help, setting_type::list, audience::swarm, 0, 0, {}, at.apply, at.read};
}
constexpr setting yes_or_no(sv key, sv flag, sv help, place at) {
  return {key, flag, help, setting_type::boolean, audience::swarm, 0, 0, {}, at.apply, at.read};
}
constexpr setting only(audience whose, setting one) {
  one.flag_of = whose;
  return one;
}

/// What a setting holds where the member it stands for is of type `T`.
template <class T>
struct held {
  using type = T;
};
template <std::integral T>
struct held<T> {
  using type = std::int64_t;
};
template <>
struct held<bool> {
  using type = bool;
};
template <>
struct held<double> {
  using type = double;
};

/// The place of what `Access::of(settings)` returns.
template <class Access>
constexpr place place_of{[](settings& out, const value& v) {
                           using T = std::remove_reference_t<decltype(Access::of(out))>;
                           Access::of(out) = static_cast<T>(std::get<typename held<T>::type>(v));
                         },
                         [](const settings& from) {
                           using T = std::remove_cvref_t<decltype(Access::of(from))>;
                           return value{static_cast<typename held<T>::type>(Access::of(from))};
                         }};

template <auto Member>
struct direct {
  static auto& of(auto& from) { return from.*Member; }
};
template <auto Member>
struct in_swarm {
  static auto& of(auto& from) { return from.swarm.*Member; }
};

/// A member of `settings`, or of the `swarm_config` in it.
template <auto Member>
constexpr place into = place_of<direct<Member>>;
template <auto Member>
constexpr place swarm = place_of<in_swarm<Member>>;

constexpr place result_ttl{
    [](settings& out, const value& v) { out.swarm.result_ttl = std::chrono::seconds{std::get<std::int64_t>(v)}; },
    [](const settings& from) {
      return value{std::int64_t{std::chrono::duration_cast<std::chrono::seconds>(from.swarm.result_ttl).count()}};
    }};

using sc = swarm_config;

constexpr std::array table{
    only(audience::client, text("output", "--output", "of what is printed", into<&settings::output>, "table|json")),
    only(audience::client,
         text("state_dir", "--state-dir", "where the swarm keeps its state; none = $XDG_STATE_HOME/dunlin",
              swarm<&sc::state_dir>)),
    only(audience::client,
         text("http.url", "--url", "of the swarm, such as http://127.0.0.1:8080", into<&settings::url>)),
    only(audience::client,
         text("http.token_file", "--token-file", "file that holds its token", swarm<&sc::token_file>)),
    number("http.port", "--http-port", "of the HTTP interface; 0 = any free one", 0, 65'535, swarm<&sc::http_port>),
    text("cluster.name", "--cluster", "name of the cluster", swarm<&sc::cluster>),
    only(audience::up,
         number("cluster.nodes", "-n,--nodes", "how many node processes it starts", 1, 64, into<&settings::nodes>)),
    number("link.port", "--link-port", "of the link; 0 = any free one", 0, 65'535, swarm<&sc::link_port>),
    only(audience::node,
         text("link.join", "--join", "HOST:PORT of the leader's link; none = this process leads", swarm<&sc::join>)),
    text("link.shape", "--shape", "star: nodes talk through the leader; mesh: directly", swarm<&sc::shape>,
         "star|mesh"),
    text("link.secret_file", "--secret-file", "file that holds the cluster's secret", swarm<&sc::secret_file>),
    text("store.kind", "--store", "memory forgets all at the end", swarm<&sc::store>, "sqlite|memory"),
    text("store.path", "--store-path", "file of the task store", swarm<&sc::store_path>),
    number("store.result_ttl_s", "--result-ttl-s", "how long results are kept", 1, most, result_ttl),
    text("scheduling.policy", "--policy", "how nodes are chosen", swarm<&sc::policy>,
         "round_robin|least_loaded|capability"),
    number("scheduling.max_live_tasks", "--max-live-tasks", "tasks that the swarm holds before it says 429", 1,
           100'000'000, swarm<&sc::max_live_tasks>),
    only(audience::node, text("node.name", "--name", "of this node", swarm<&sc::node>)),
    number("node.max_concurrent", "--max-concurrent", "tasks that a node runs at once", 1, max_held_tasks / 2,
           swarm<&sc::max_concurrent>),
    number("node.max_queued", "--max-queued", "tasks that wait on a node beside them", 0, max_held_tasks / 2,
           swarm<&sc::max_queued>),
    several("node.kinds", "--kinds", "kinds that a node serves; none = all", swarm<&sc::kinds>),
    text("node.isolation", "--isolation", "of its kinds: declared leaves it to each", swarm<&sc::isolation>,
         "declared|thread|process"),
    several("node.capabilities", "--capabilities", "that every agent here has", swarm<&sc::capabilities>),
    number("node.cores", "--cores", "to claim for the CPU device; 0 = one for each worker, or all", 0, 65'536,
           swarm<&sc::cores>),
    number("node.workers", "--workers", "threads of the CPU device; 0 = one a core", 0, 65'536, swarm<&sc::workers>),
    number("node.memory_bytes", "--memory-bytes", "of the CPU device; 0 = memory_fraction of the machine's", 0,
           most_bytes, swarm<&sc::memory_bytes>),
    fraction("node.memory_fraction", "--memory-fraction", "of the machine's memory that the CPU device has", 1, 1'000,
             swarm<&sc::memory_fraction>),
    number("node.pool_min_bytes", "--pool-min-bytes", "that the CPU device's memory pool takes at once and keeps", 0,
           most_bytes, swarm<&sc::pool_min_bytes>),
    number("node.pool_max_bytes", "--pool-max-bytes", "that it takes at most; 0 = what the device has", 0, most_bytes,
           swarm<&sc::pool_max_bytes>),
    fraction("node.pool_growth_factor", "--pool-growth-factor", "1 = by what is missing; 1.5 = by half of what it has",
             1'000, 8'000, swarm<&sc::pool_growth_factor>),
    number("node.max_memory_per_task", "--max-memory-per-task", "bytes of the host; 0 = no limit", 0, most_bytes,
           swarm<&sc::max_memory_per_task>),
    yes_or_no("node.shares_cores", "--share-cores", "whether the nodes of a host take turns on the same cores",
              swarm<&sc::shares_cores>),
    text("node.run_dir", "--run-dir", "where the processes of a host claim cores", swarm<&sc::run_dir>),
    yes_or_no("node.gpus", "--gpus", "whether it looks for GPUs", swarm<&sc::gpus>),
    fraction("node.gpu_memory_fraction", "--gpu-memory-fraction", "of each GPU's memory that this node has", 1, 1'000,
             swarm<&sc::gpu_memory_fraction>),
    text("node.gpu_architecture", "--gpu-architecture", "of the GPUs that this node uses", swarm<&sc::gpu_architecture>,
         "any|ampere|ada|hopper|blackwell"),
    text("node.gpu_precision", "--gpu-precision", "of products that name none; usual: tf32 with gpu_architecture",
         swarm<&sc::gpu_precision>, "usual|fp32|tf32|bf16|fp16"),
    number("node.num_streams", "--num-streams", "that a GPU's holder has for what it does side by side", 1, 64,
           swarm<&sc::num_streams>),
    text("node.stream_priority", "--stream-priority", "high: GPUs prefer this node's work to other processes'",
         swarm<&sc::stream_priority>, "normal|high"),
    several("process.allow", "--allow", "programs that tasks may run, absolute paths", swarm<&sc::process_allow>),
    several("process.environment", "--allow-env", "variables that tasks may set for them",
            swarm<&sc::process_environment>),
};

}  // namespace

std::span<const setting> all_settings() noexcept { return table; }

}  // namespace dunlin::cli
