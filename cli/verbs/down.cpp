// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <chrono>
#include <thread>

#include "cli/client/connection.hpp"
#include "cli/client/outcome.hpp"
#include "cli/client/up_file.hpp"
#include "cli/text/json_text.hpp"
#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto signal_patience = 5s;

/// True once the swarm's `up` has gone.
bool wait_until_gone(const up_file& swarm, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (still_runs(swarm)) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

/// Signals the process only as long as it is the one that wrote the file.
void signal_up(const up_file& swarm, int signal) {
  if (still_runs(swarm)) ::kill(static_cast<pid_t>(swarm.pid), signal);
}

class down_verb final : public verb {
 public:
  down_verb() : verb("down", "drain and stop the swarm that `up` started") {}

  void declare(option_list& options) override {
    options.option("--patience", &patience_s_, "seconds that running tasks get; then they are stopped");
  }

  result<int> run(verb_context& with) override {
    if (!with.config.url.empty()) return ask_only(with);
    const auto state_dir = state_dir_of(with.config);
    const auto swarm = read_up_file(state_dir);
    if (!swarm && swarm.error().code == errc::not_found)
      return fail(errc::unreachable, swarm.error().context, "name another one with --state-dir or --url");
    if (!swarm) return fail(swarm.error());
    const bool ran = still_runs(*swarm);
    const auto how = ran ? stop(with, *swarm) : "had ended already";
    if (still_runs(*swarm))
      return fail(errc::timeout, "process " + std::to_string(swarm->pid) + " does not end", "look at it with ps");
    if (!ran) remove_up_file(state_dir);
    json_text text;
    text.put("stopped", ran);
    text.put("how", how);
    with.out.line(with.out.json() ? std::move(text).take() : std::string{"the swarm "} + how);
    return exit_code::ok;
  }

 private:
  /// Politely, then by signals: the first drains, the second kills.
  const char* stop(verb_context& with, const up_file& swarm) const {
    auto client = connect(with.config);
    const auto asked = client ? client->shut_down() : result<void>{fail(client.error())};
    if (!asked) signal_up(swarm, SIGTERM);
    if (wait_until_gone(swarm, patience_of(patience_s_))) return "drained and stopped";
    signal_up(swarm, SIGTERM);
    signal_up(swarm, SIGINT);  // two of the same might arrive as one
    if (wait_until_gone(swarm, signal_patience)) return "was stopped, with tasks running";
    signal_up(swarm, SIGKILL);
    wait_until_gone(swarm, signal_patience);
    return "was killed";
  }

  /// A swarm somewhere else: there is no process here to look after.
  static result<int> ask_only(verb_context& with) {
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    if (auto asked = swarm->shut_down(); !asked) return fail(asked.error());
    with.out.line(with.out.json() ? "{\"asked\":true}" : "the swarm was asked to drain and stop");
    return exit_code::ok;
  }

  double patience_s_ = 40;
};

}  // namespace

std::unique_ptr<verb> make_down() { return std::make_unique<down_verb>(); }

}  // namespace dunlin::cli
