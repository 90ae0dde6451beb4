// SPDX-License-Identifier: Apache-2.0
#include "cli/experiment/measure.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <future>
#include <thread>

#include "actors/swarm/swarm_process.hpp"

namespace dunlin::cli {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto answer_patience = 30s;
constexpr auto run_patience = 600s;

/// A state directory for one measurement.
class scratch {
 public:
  scratch() : path_((std::filesystem::temp_directory_path() / "dunlin-scaling-XXXXXX").string()) {
    made_ = ::mkdtemp(path_.data()) != nullptr;
  }
  ~scratch() {
    std::error_code ignored;
    if (made_) std::filesystem::remove_all(path_, ignored);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  [[nodiscard]] bool made() const noexcept { return made_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  bool made_ = false;
};

/// Asks the swarm and waits for its answer.
template <class T, class Call>
result<T> ask(Call call) {
  auto promised = std::make_shared<std::promise<result<T>>>();
  auto answer = promised->get_future();
  call([promised](result<T> value) { promised->set_value(std::move(value)); });
  if (answer.wait_for(answer_patience) != std::future_status::ready)
    return fail(errc::timeout, "the swarm does not answer");
  return answer.get();
}

/// Submits copies and waits for their end. Returns when the last one ended.
result<clock::time_point> run_all(service& swarm, const std::vector<task_spec>& tasks) {
  const auto answers = ask<std::vector<submit_answer>>([&](auto done) { swarm.submit(tasks, std::move(done)); });
  if (!answers) return fail(answers.error());
  const auto until = clock::now() + run_patience;
  std::size_t next = 0;  // the first that is not known to have ended
  while (clock::now() < until) {
    const auto record = ask<task_record>([&](auto done) { swarm.find((*answers)[next].id, std::move(done)); });
    if (!record) return fail(record.error());
    const auto& status = record->status;
    if (is_terminal(status.state) && status.state != task_state::succeeded)
      return fail(status.code == errc::none ? errc::handler_failed : status.code,
                  "a task " + std::string{to_string(status.state)} + ": " + status.why);
    if (status.state == task_state::succeeded && ++next == answers->size()) return clock::now();
    if (!is_terminal(status.state)) std::this_thread::sleep_for(1ms);
  }
  return fail(errc::timeout, "the tasks did not end within ten minutes", "use fewer or smaller ones");
}

result<void> wait_until_ready(service& swarm) {
  const auto until = clock::now() + answer_patience;
  while (clock::now() < until) {
    const auto missing = ask<std::string>([&](auto done) { swarm.readiness(std::move(done)); });
    if (!missing) return fail(missing.error());
    if (missing->empty()) return {};
    std::this_thread::sleep_for(5ms);
  }
  return fail(errc::timeout, "the swarm does not get ready");
}

}  // namespace

result<double> measure_swarm(std::uint32_t workers, std::uint32_t count, const task_spec& task,
                             const std::vector<agent_kind>& kinds) {
  const scratch directory;
  if (!directory.made()) return fail(errc::io_failed, std::string{"cannot make a directory: "} + std::strerror(errno));
  swarm_config config;
  config.state_dir = directory.path();
  config.http = false;
  config.store = "memory";
  config.workers = workers;
  config.max_concurrent = workers;
  config.gpus = false;
  config.quiet = true;
  if (task.shape.isolation == isolation_mode::process) config.isolation = "process";
  if (task.shape.isolation == isolation_mode::thread) config.isolation = "thread";
  auto started = swarm_process::start(config, kinds);
  if (!started) return fail(started.error());
  auto& swarm = *(*started)->swarm();
  if (auto ready = wait_until_ready(swarm); !ready) return fail(ready.error());
  // Threads, children and caches that the first tasks find cold.
  if (auto warm = run_all(swarm, std::vector<task_spec>(workers, task)); !warm) return fail(warm.error());
  const auto begun = clock::now();
  const auto ended = run_all(swarm, std::vector<task_spec>(count, task));
  if (!ended) return fail(ended.error());
  return std::chrono::duration<double>(*ended - begun).count();
}

}  // namespace dunlin::cli
