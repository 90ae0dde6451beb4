// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/store_bench.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <utility>
#include <vector>

#include "cli/bench/store_load.hpp"
#include "cli/bench/store_recovery.hpp"

/// tests/bench/floor/bare_sqlite.cpp: nothing of ours is in it, so it has no header of ours.
extern "C" double bare_sqlite_rate(const char* source, const char* target, std::size_t count, std::size_t group,
                                   bool one_table);

namespace dunlin::bench {

namespace {

using clock_type = std::chrono::steady_clock;

/// A directory for one run, gone with it.
class work_directory {
 public:
  explicit work_directory(const std::string& parent) : path_(parent + "/dunlin-store-bench-XXXXXX") {
    made_ = ::mkdtemp(path_.data()) != nullptr;
  }
  ~work_directory() {
    std::error_code ignored;
    if (made_) std::filesystem::remove_all(path_, ignored);
  }
  work_directory(const work_directory&) = delete;
  work_directory& operator=(const work_directory&) = delete;
  [[nodiscard]] bool made() const noexcept { return made_; }
  [[nodiscard]] std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
  bool made_ = false;
};

/// Returns microseconds of `count` syncs, each after one page was written. Empty if the disk cannot.
std::vector<double> sync_times(const std::string& path, unsigned count) {
  std::vector<double> out;
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return out;
  const std::array<char, 4'096> page{1};
  for (unsigned i = 0; i < count; ++i) {
    const auto offset = static_cast<off_t>(i * page.size());
    if (::pwrite(fd, page.data(), page.size(), offset) != static_cast<ssize_t>(page.size())) break;
    const auto from = clock_type::now();
    if (::fdatasync(fd) != 0) break;
    out.push_back(std::chrono::duration<double, std::micro>(clock_type::now() - from).count());
  }
  ::close(fd);
  return out;
}

class store_bench {
 public:
  store_bench(const store_bench_options& options, const work_directory& files)
      : options_(options), ours_(files.file("ours.db")), bare_(files.file("bare.db")), files_(files) {}

  result<bench_report> measure() {
    add_sync();
    add_submits("durable_submits_per_s", "bare_sqlite_rows_per_s", options_.tasks, 4'096);
    add_one_table();
    add_submits("durable_submits_per_s_w1", "bare_sqlite_rows_per_s_group1", options_.tasks / 100, 1);
    add_submits("durable_submits_per_s_w16", "bare_sqlite_rows_per_s_w16", options_.tasks / 10, 16);
    add_submits("durable_submits_per_s_w256", "bare_sqlite_rows_per_s_w256", options_.tasks, 256);
    add_lifecycle();
    add_recovery();
    if (failure_.code != errc::none) return fail(std::move(failure_));
    return std::move(report_);
  }

 private:
  /// Returns tasks per second; remembers the first failure and how many writes shared a sync.
  double pace(const store_load& load) {
    if (failure_.code != errc::none) return 0;
    auto measured = run_store_load(load);
    if (!measured) failure_ = std::move(measured.error());
    if (!measured) return 0;
    writes_per_sync_ = measured->writes_per_sync;
    return measured->tasks_per_s;
  }

  /// The last database of ours is what the bare side inserts again.
  double bare_pace(std::uint64_t tasks, bool one_table) {
    const auto group = static_cast<std::size_t>(std::max(1.0, std::round(writes_per_sync_)));
    return bare_sqlite_rate(ours_.c_str(), bare_.c_str(), tasks, group, one_table);
  }

  void add_submits(const char* name, const char* baseline, std::uint64_t tasks, std::uint64_t window) {
    const store_load load{ours_, tasks, window};
    const auto sides = measure_abba(
        options_.rounds, [&] { return pace(load); }, [&] { return bare_pace(tasks, false); });
    add_comparison(report_, name, baseline, "1/s", sides);
    const auto group = std::to_string(static_cast<long>(std::round(writes_per_sync_)));
    auto& ours = *(report_.figures.end() - 2);
    ours.note = std::to_string(window) + " submits under way, " + group + " a sync";
    report_.figures.back().note = "the same bytes, tables and indexes, " + group + " tasks a transaction";
  }

  void add_one_table() {
    const auto samples = repeat(2 * options_.rounds, [&] { return bare_pace(options_.tasks, true); });
    report_.figures.push_back(make_figure("bare_sqlite_one_table_rows_per_s", "1/s", samples));
    report_.figures.back().note = "the same bytes in one table without a history of its own";
  }

  void add_lifecycle() {
    const store_load load{ours_, options_.tasks / 2, 4'096, 3};
    const auto samples = repeat(std::max(1U, 2 * options_.rounds - 1), [&] { return pace(load); });
    report_.figures.push_back(make_figure("durable_lifecycle_tasks_per_s", "1/s", samples));
    report_.figures.back().note = "submit, grant, result: three commits, each after the last one's answer; 4096 tasks";
  }

  void add_sync() {
    const auto samples = sync_times(files_.file("sync"), 300);
    auto added = make_figure("fsync_p50_us", "us", samples);
    if (added.value < 20) added.note = "below 20: this disk does not sync, so nothing here is durable";
    report_.figures.push_back(std::move(added));
  }

  void add_recovery() {
    const auto count = options_.recovered;
    static_cast<void>(pace({ours_, count, 64, 1, 512}));
    std::vector<double> wall;
    std::vector<double> cpu;
    for (auto left = std::max(1U, 2 * options_.rounds - 1); left > 0 && failure_.code == errc::none; --left) {
      drop_from_page_cache(ours_);
      auto took = time_recovery(ours_, count);
      if (!took) failure_ = std::move(took.error());
      wall.push_back(took ? took->wall_s : 0);
      cpu.push_back(took ? took->cpu_s : 0);
    }
    const auto name = "recover_" + (count == 1'000'000 ? std::string{"1m"} : std::to_string(count)) + "_tasks_";
    report_.figures.push_back(make_figure(name + "s", "s", wall));
    report_.figures.back().note = "open, check, read, rebuild the leader's table; the file not in the page cache";
    report_.figures.push_back(make_figure(name + "cpu_s", "s", cpu));
    report_.figures.back().note = "processor time of the same";
  }

  store_bench_options options_;
  std::string ours_;
  std::string bare_;
  const work_directory& files_;
  bench_report report_ = begin_report("store");
  double writes_per_sync_ = 1;
  error failure_{errc::none};
};

}  // namespace

result<bench_report> run_store_bench(const store_bench_options& options) {
  const work_directory files{options.directory};
  if (!files.made()) return fail(errc::io_failed, "cannot make a directory in '" + options.directory + "'");
  auto report = store_bench{options, files}.measure();
  if (report && file_system_of(options.directory) == "tmpfs")
    report->notes.push_back("the data lay on tmpfs, where nothing is durable: name a directory on a disk");
  return report;
}

}  // namespace dunlin::bench
