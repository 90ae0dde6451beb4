// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/remote_bench.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "cli/bench/link_echo.hpp"
#include "cli/bench/nats_baseline.hpp"
#include "cli/bench/remote_swarm.hpp"

/// tests/bench/floor/tcp_ping.cpp: nothing of ours is in it, so it has no header of ours.
extern "C" int tcp_ping_connect(std::uint16_t port);
extern "C" double tcp_ping_once(int socket);

namespace dunlin::bench {

namespace {

/// Of one measurement.
struct amounts {
  std::uint64_t tasks = 60'000;
  std::uint64_t singly = 40'000;
  std::uint64_t one_by_one = 1'000;
  unsigned rounds = 3;  ///< of A-B-B-A
};

class scratch_folder {
 public:
  scratch_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "dunlin-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~scratch_folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

/// Processor seconds of a process so far. Source: proc(5), /proc/pid/stat.
double cpu_seconds(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/stat"};
  std::string text;
  std::getline(in, text);
  std::istringstream rest{text.substr(std::min(text.size(), text.rfind(')') + 1))};
  std::string skipped;
  for (int i = 0; i < 11; ++i) rest >> skipped;
  double user = 0;
  double system = 0;
  rest >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// All that is measured against each other, idle while it is not its turn.
struct remote_sides {
  std::unique_ptr<remote_swarm> batched;
  std::unique_ptr<remote_swarm> unbatched;  ///< the same with one task a message
  std::unique_ptr<link_echo> link;
  std::unique_ptr<nats_baseline> nats;  ///< may be null
  std::string why_no_nats;
  std::unique_ptr<peer_process> tcp;
  int tcp_socket = -1;

  remote_sides() = default;
  remote_sides(remote_sides&&) = default;
  ~remote_sides() {
    if (tcp_socket >= 0) ::close(tcp_socket);
  }
};

result<void> start_tcp(remote_sides& sides, const std::vector<std::string>& program) {
  auto started = peer_process::start(program);
  if (!started) return fail(std::move(started.error()));
  sides.tcp = std::move(*started);
  const auto port = sides.tcp->ask("tcp");
  if (!port) return fail(error{port.error()});
  sides.tcp_socket = tcp_ping_connect(static_cast<std::uint16_t>(std::strtoul(port->c_str(), nullptr, 10)));
  if (sides.tcp_socket < 0) return fail(errc::unreachable, "no TCP connection to the second process");
  return {};
}

result<void> start_sides(remote_sides& sides, const std::vector<std::string>& program, const std::string& directory) {
  auto batched = remote_swarm::start({program, directory});
  if (!batched) return fail(std::move(batched.error()));
  sides.batched = std::move(*batched);
  remote_swarm_options singly{program, directory};
  singly.batch_limit = 1;
  auto unbatched = remote_swarm::start(singly);
  if (!unbatched) return fail(std::move(unbatched.error()));
  sides.unbatched = std::move(*unbatched);
  auto link = link_echo::start(program, directory);
  if (!link) return fail(std::move(link.error()));
  sides.link = std::move(*link);
  auto nats = nats_baseline::start(program, directory);
  if (nats)
    sides.nats = std::move(*nats);
  else
    sides.why_no_nats = nats.error().context;
  return start_tcp(sides, program);
}

void measure_batches(bench_report& report, remote_sides& sides, const amounts& of) {
  auto& ours = sides.batched->client();
  auto& theirs = sides.unbatched->client();
  ours.rate(of.tasks / 4, 4'096, 512);  // warm
  theirs.rate(of.singly / 4, 4'096, 1);
  add_comparison(report, "batched_tasks_per_s", "unbatched_tasks_per_s", "1/s",
                 measure_abba(
                     of.rounds, [&] { return ours.rate(of.tasks, 4'096, 512); },
                     [&] { return theirs.rate(of.singly, 4'096, 1); }));
  auto& ours_shown = report.figures[report.figures.size() - 2];
  ours_shown.note = "window 4096, submitted 512 at a time";
  report.figures.back().note = "window 4096, one task a message from client to leader to node and back";
}

void measure_pipeline(bench_report& report, remote_sides& sides, const amounts& of) {
  auto& ours = sides.batched->client();
  const auto link_rate = [&] { return sides.link->rate(of.singly, 256); };
  link_rate();  // warm
  ours.rate(of.singly / 4, 256, 1);
  if (sides.nats) sides.nats->rate(of.singly / 4, 256);
  add_comparison(report, "pipelined_w256_tasks_per_s", sides.nats ? "nats_w256_tasks_per_s" : "link_round_trips_per_s",
                 "1/s",
                 measure_abba(
                     of.rounds, [&] { return ours.rate(of.singly, 256, 1); },
                     [&] { return sides.nats ? sides.nats->rate(of.singly, 256) : link_rate(); }));
  if (sides.nats)
    report.figures.push_back(make_figure("link_round_trips_per_s", "1/s", repeat(2 * of.rounds, link_rate)));
  else
    report.missing.push_back({"nats_w256_tasks_per_s", sides.why_no_nats});
  for (const std::uint64_t window : {16, 4'096})
    report.figures.push_back(make_figure("pipelined_w" + std::to_string(window) + "_tasks_per_s", "1/s", repeat(5, [&] {
                                           return ours.rate(window < 256 ? of.singly / 4 : of.singly, window, 1);
                                         })));
}

void measure_latency(bench_report& report, remote_sides& sides, const amounts& of) {
  auto& ours = sides.batched->client();
  const auto ping = [&] {
    return percentile(repeat(static_cast<unsigned>(of.one_by_one), [&] { return tcp_ping_once(sides.tcp_socket); }),
                      0.5);
  };
  ours.one_by_one(of.one_by_one / 4);  // warm
  ping();
  add_comparison(report, "one_by_one_p50_us", "tcp_round_trip_p50_us", "us",
                 measure_abba(
                     of.rounds, [&] { return percentile(ours.one_by_one(of.one_by_one), 0.5); }, ping));
  report.figures.push_back(make_figure("one_by_one_p99_us", "us",
                                       repeat(5, [&] { return percentile(ours.one_by_one(of.one_by_one), 0.99); })));
}

/// What the rate costs: both processes together.
void measure_cost(bench_report& report, remote_sides& sides, const amounts& of) {
  const auto spent = [&] { return cpu_seconds(::getpid()) + cpu_seconds(sides.batched->node_pid()); };
  const auto cost = [&] {
    const auto before = spent();
    sides.batched->client().rate(of.tasks, 4'096, 512);
    return (spent() - before) / static_cast<double>(of.tasks) * 1e6;
  };
  auto shown = make_figure("batched_cpu_us_per_task", "us", repeat(5, cost));
  shown.note = "of both processes";
  report.figures.push_back(std::move(shown));
}

}  // namespace

result<bench_report> run_remote_bench(const bench_options& options) {
  amounts of;
  if (options.quick) of = {20'000, 10'000, 200, 1};
  const scratch_folder folder;
  if (folder.path().empty()) return fail(errc::io_failed, "no directory for temporary files");
  auto program = options.program;
  program.emplace_back("bench-peer");
  remote_sides sides;
  if (auto started = start_sides(sides, program, folder.path()); !started) return fail(std::move(started.error()));
  auto report = begin_report("remote");
  measure_batches(report, sides, of);
  measure_pipeline(report, sides, of);
  measure_latency(report, sides, of);
  measure_cost(report, sides, of);
  report.missing.push_back({"tls_throughput_ratio", "links have no TLS yet: they are loopback only"});
  report.notes.emplace_back("loopback is no network: no loss, no card, shared caches");
  return report;
}

}  // namespace dunlin::bench
