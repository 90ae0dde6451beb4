// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/checks.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "actors/process/allow_list.hpp"
#include "actors/swarm/host_facts.hpp"
#include "actors/swarm/state_dir.hpp"
#include "cli/bench/machine.hpp"
#include "cli/client/up_file.hpp"
#include "cli/text/in_words.hpp"
#include "coordination/version.hpp"

namespace dunlin::cli {

namespace {

finding check_state_dir(const std::string& state_dir) {
  if (auto prepared = prepare_state_dir(state_dir); !prepared)
    return {"state directory", health::failed, prepared.error().context, prepared.error().hint};
  const auto system = bench::file_system_of(state_dir);
  if (system == "tmpfs")
    return {"state directory", health::warning, state_dir + " is on tmpfs", "tasks are lost when the machine restarts"};
  return {"state directory", health::ok, state_dir + " (" + system + ")", {}};
}

finding check_space(const std::string& state_dir) {
  constexpr std::uint64_t little = 1ULL << 30U;
  struct statvfs space {};
  if (::statvfs(state_dir.c_str(), &space) != 0) return {"disk space", health::warning, std::strerror(errno), {}};
  const auto left = std::uint64_t{space.f_bavail} * space.f_frsize;
  return {"disk space", left < little ? health::warning : health::ok, bytes_in_words(left) + " free",
          left < little ? "the store stops accepting tasks when the disk is full" : ""};
}

finding check_running(const std::string& state_dir) {
  const auto swarm = read_up_file(state_dir);
  if (swarm && still_runs(*swarm))
    return {"swarm", health::ok, "runs on " + swarm->url + ", process " + std::to_string(swarm->pid), {}};
  return {"swarm", health::ok, "none runs with this state directory", {}};
}

void add_host(std::vector<finding>& out) {
  const auto host = read_host_facts();
  if (!host) return out.push_back({"machine", health::failed, host.error().context, host.error().hint});
  out.push_back({"cores",
                 health::ok,
                 std::to_string(host->cores) + (host->restricted ? " of this machine's may be used" : ""),
                 {}});
  out.push_back({"memory", health::ok, bytes_in_words(host->memory_bytes), {}});
  std::string limits;
  if (host->container_cpu_milli) limits = fixed(*host->container_cpu_milli / 1e3, 2) + " cores' time";
  if (host->container_memory_bytes)
    (limits += limits.empty() ? "" : ", ") += bytes_in_words(*host->container_memory_bytes) + " of memory";
  const bool tight = host->container_cpu_milli && *host->container_cpu_milli < host->cores * 1'000ULL;
  out.push_back({"container limits", tight ? health::warning : health::ok, limits.empty() ? "none" : limits,
                 tight ? "fewer than the cores: set --cores or --workers to match" : ""});
}

finding check_cores(const std::string& run_dir) {
  const auto shared = cores_in_use(run_dir);
  if (!shared) return {"core claims", health::failed, shared.error().context, shared.error().hint};
  if (shared->empty()) return {"core claims", health::ok, "no other process of ours claims a core", {}};
  return {"core claims", health::warning, *shared, "shares on these cores are advisory while others hold them"};
}

finding check_gpu() {
  const auto why = no_gpu_reason();
  return {"GPU", why.empty() ? health::ok : health::warning, why.empty() ? "found" : why,
          why.empty() ? "" : "nothing is needed: the CPU device serves"};
}

finding check_allowed(const settings& config) {
  const auto allowed = allow_list::make(config.swarm.process_allow, config.swarm.process_environment);
  if (!allowed) return {"process.allow", health::failed, allowed.error().context, allowed.error().hint};
  const auto count = allowed->size();
  if (count == 0) return {"process.allow", health::ok, "no program may be run as a task", "--allow lists some"};
  return {"process.allow", health::ok, std::to_string(count) + " programs may be run as tasks", {}};
}

finding check_files() {
  constexpr rlim_t few = 1'024;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const bool tight = limit.rlim_cur < few;
  return {"open files", tight ? health::warning : health::ok, std::to_string(limit.rlim_cur) + " per process",
          tight ? "raise it with `ulimit -n 4096`" : ""};
}

}  // namespace

std::string_view in_words(health how) noexcept {
  constexpr std::array<std::string_view, 3> words{"ok", "warn", "fail"};
  return words[static_cast<std::size_t>(how)];
}

finding check_secret(const std::string& what, const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return {what, health::ok, path + " is made at the first start", {}};
  if ((file.st_mode & 077U) != 0) return {what, health::failed, "others can read " + path, "chmod 600 " + path};
  return {what, health::ok, path + ", for its owner only", {}};
}

finding check_port(const std::string& what, std::uint16_t port, const std::string& flag) {
  if (port == 0) return {what, health::ok, "any free one", {}};
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const bool free =
      socket >= 0 && ::bind(socket, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0 && ::listen(socket, 1) == 0;
  const std::string why = free ? "is free" : std::strerror(errno);
  if (socket >= 0) ::close(socket);
  return {what, free ? health::ok : health::failed, std::to_string(port) + ": " + why,
          free ? "" : "choose another with " + flag + ", 0 = any free one"};
}

std::vector<finding> check_machine(const settings& config, const std::string& state_dir) {
  const auto file = [&](const std::string& set, const char* name) {
    return set.empty() ? state_dir + "/" + name : set;
  };
  std::vector<finding> out{{"version", health::ok, "dunlin " + std::string{version()} + ", CAF 0.17.6", {}},
                           check_state_dir(state_dir)};
  const auto up = read_up_file(state_dir);
  const bool runs = up && still_runs(*up);
  if (out.back().how != health::failed) {
    out.push_back(check_space(state_dir));
    out.push_back(check_running(state_dir));
    out.push_back(check_secret("cluster secret", file(config.swarm.secret_file, "secret")));
    out.push_back(check_secret("HTTP token", file(config.swarm.token_file, "token")));
    out.push_back(check_cores(config.swarm.run_dir));
  }
  // A swarm of ours that runs holds its port rightly.
  if (!runs) out.push_back(check_port("HTTP port", config.swarm.http_port, "--http-port"));
  out.push_back(check_port("link port", config.swarm.link_port, "--link-port"));
  add_host(out);
  out.push_back(check_gpu());
  out.push_back(check_allowed(config));
  out.push_back(check_files());
  return out;
}

}  // namespace dunlin::cli
