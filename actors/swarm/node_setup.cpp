// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/node_setup.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "actors/kinds/builtin_kinds.hpp"
#include "actors/swarm/state_dir.hpp"
#include "net/crypto/hmac.hpp"
#include "net/secret_file/secret_file.hpp"
#include "topology/memory_placement.hpp"

namespace dunlin {

namespace {

std::string names_of(const std::vector<agent_kind>& kinds) {
  std::string out;
  for (const auto& kind : kinds) out += (out.empty() ? "" : ", ") + kind.name;
  return out;
}

/// Two clusters of one name do not take turns with each other. Says nothing of the secret.
std::string partner_name(const std::string& cluster, const std::string& secret) {
  const auto mark = net::hmac_sha256(as_bytes(secret), as_bytes("cores of " + cluster));
  return cluster + std::string{as_text(mark)};
}

}  // namespace

void fill_paths(swarm_config& config) {
  const auto in_state = [&config](std::string& path, const char* name) {
    if (path.empty()) path = config.state_dir + "/" + name;
  };
  if (config.state_dir.empty()) config.state_dir = default_state_dir();
  if (config.run_dir.empty()) config.run_dir = default_run_dir();
  in_state(config.secret_file, "secret");
  in_state(config.token_file, "token");
  in_state(config.store_path, "tasks.db");
}

/// A kind that completes by itself, and the one that runs programs, cannot run otherwise.
void choose_isolation(agent_kind& kind, const std::string& wish) {
  if (kind.make == nullptr || kind.isolation == isolation_mode::async) return;
  if (wish == "thread") kind.isolation = isolation_mode::thread;
  if (wish == "process") kind.isolation = isolation_mode::process;
}

result<std::vector<agent_kind>> choose_kinds(std::vector<agent_kind>&& known, const swarm_config& config) {
  for (auto& kind : builtin_kinds()) known.push_back(std::move(kind));
  const auto names = names_of(known);
  std::vector<agent_kind> chosen;
  for (auto& kind : known) {
    const bool wanted = config.kinds.empty() || std::ranges::find(config.kinds, kind.name) != config.kinds.end();
    if (!wanted) continue;
    choose_isolation(kind, config.isolation);
    kind.capabilities.insert(kind.capabilities.end(), config.capabilities.begin(), config.capabilities.end());
    chosen.push_back(std::move(kind));
  }
  for (const auto& name : config.kinds)
    if (std::ranges::find(chosen, name, &agent_kind::name) == chosen.end())
      return fail(errc::unknown_kind, "this program has no kind '" + name + "'", "it has: " + names, "node.kinds");
  return chosen;
}

result<leader_address> parse_leader_address(const std::string& address) {
  const auto colon = address.rfind(':');
  char* end = nullptr;
  const auto port = colon == std::string::npos ? 0 : std::strtoul(address.c_str() + colon + 1, &end, 10);
  if (port == 0 || port > 65'535 || *end != '\0')
    return fail(errc::invalid_argument, "'" + address + "' is no address of a leader", "use HOST:PORT", "join");
  return leader_address{address.substr(0, colon), static_cast<std::uint16_t>(port)};
}

result<std::string> cluster_secret(const swarm_config& config) {
  return config.join.empty() ? net::read_or_create_secret(config.secret_file) : net::read_secret(config.secret_file);
}

namespace {

/// Tensor cores with the range of fp32 are what every architecture that is worth naming is best at.
product_precision precision_of(const swarm_config& config) {
  const auto& named = config.gpu_precision;
  if (named == "tf32") return product_precision::tf32;
  if (named == "bf16") return product_precision::bf16;
  if (named == "fp16") return product_precision::fp16;
  return named == "usual" && config.gpu_architecture != "any" ? product_precision::tf32 : product_precision::fp32;
}

gpu_settings gpu_settings_of(const swarm_config& config) {
  gpu_settings out;
  out.memory_fraction = config.gpu_memory_fraction;
  out.urgent_streams = config.stream_priority == "high";
  out.num_streams = config.num_streams;
  out.precision = precision_of(config);
  if (config.gpu_architecture != "any") out.architecture = config.gpu_architecture;
  return out;
}

}  // namespace

device_factory_options device_options_of(const swarm_config& config) {
  device_factory_options options;
  options.cpu.name = "cpu";
  options.cpu.cores = config.cores;
  options.cpu.workers = config.workers;
  options.cpu.memory_bytes = config.memory_bytes;
  options.cpu.memory_fraction = config.memory_fraction;
  options.cpu.pool = {config.pool_min_bytes, config.pool_max_bytes, config.pool_growth_factor};
  options.gpus = config.gpus;
  options.gpu = gpu_settings_of(config);
  return options;
}

result<device_set> open_configured(const device_factory_options& options) {
  auto opened = open_devices(options);
  if (!opened && !opened.error().path.empty()) opened.error().path = "node." + opened.error().path;
  return opened;
}

result<device_set> open_node_devices(const swarm_config& config, const std::string& secret) {
  auto options = device_options_of(config);
  options.cpu.run_directory = config.run_dir + "/cores";
  options.cpu.owner = config.node;
  // Where it cannot be placed it is wherever the system puts it: slower at times, and right.
  options.cpu.place_memory = [](const std::vector<std::uint32_t>& cores, void* place, std::uint64_t bytes) {
    static_cast<void>(place_near(cores, place, bytes));
  };
  options.gpu_run_directory = config.run_dir + "/gpus";
  if (config.shares_cores) options.cpu.cluster = partner_name(config.cluster, secret);
  return open_configured(options);
}

}  // namespace dunlin
