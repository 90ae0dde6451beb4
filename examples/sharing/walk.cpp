// SPDX-License-Identifier: Apache-2.0
#include "examples/sharing/walk.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "actors/swarm/swarm_process.hpp"
#include "cli/client/connection.hpp"
#include "cli/program.hpp"
#include "cli/up/stop_signals.hpp"
#include "examples/sharing/errands.hpp"
#include "examples/sharing/figures.hpp"
#include "examples/sharing/gantt.hpp"
#include "examples/temporary_directory.hpp"
#include "gpu/cpu/pinning.hpp"

namespace dunlin::sharing {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using words = std::vector<std::string>;

constexpr auto pause_between_looks = 10ms;
constexpr auto new_contracts_are_used = 600ms;  // so that there is something to see
constexpr auto patience = 40s;                  // for what has begun to end

/// How the device is shared one after the other: what an operator would type.
std::vector<words> itinerary(std::uint32_t units) {
  return {{"exclusive"},
          {"time_sliced", "--quantum", "40"},
          {"space_partitioned", "--units", units == 1 ? "1" : "1,1"},
          {"pipeline", "--stages", "index,train,render,answer", "--ring", "2"},
          {"collaborative", "--quantum", "40"}};
}

/// The swarm that the walk is taken on. The device has two cores, or the only one.
swarm_config swarm_in(const std::string& directory) {
  swarm_config out;
  out.node = "swarm";
  out.quiet = true;
  out.state_dir = directory;
  out.run_dir = directory;
  out.http_port = 0;
  out.store = "memory";
  out.workers = allowed_cores().size() < 2 ? 1U : 2U;
  out.gpus = false;
  return out;
}

class walker {
 public:
  walker(swarm_process& process, diary& book, const cli::stop_signals& signals, const walk_options& options,
         cli::console& out)
      : book_(book), signals_(signals), options_(options), out_(out) {
    settings_.url = process.http_url();
    settings_.swarm.token_file = process.token_file();
  }

  result<story> walk() {
    auto client = cli::connect(settings_);
    if (!client) return fail(std::move(client.error()));
    swarm_ = std::make_unique<net::http_client>(std::move(*client));
    if (auto known = find_device(); !known) return fail(std::move(known.error()));
    work_ = std::make_unique<errands>(*swarm_, story_.units);
    auto walked = through_all();
    if (!walked) work_->cancel();
    story_.tasks = work_->done();
    story_.steps = book_.steps();
    if (!walked) return fail(std::move(walked.error()));
    if (!work_->failure().empty()) return fail(errc::handler_failed, work_->failure());
    return std::move(story_);
  }

 private:
  result<void> find_device() {
    const auto until = steady_clock::now() + patience;
    while (steady_clock::now() < until && !signals_.came()) {
      const auto devices = swarm_->devices();
      if (devices && !devices->empty()) {
        story_.units = devices->front().device.compute_units;
        for (std::size_t i = 0; i < crew_size; ++i) {
          story_.names[i] = crew()[i].name;
          story_.characters[i] = crew()[i].character;
        }
        return {};
      }
      std::this_thread::sleep_for(pause_between_looks);
    }
    return fail(errc::timeout, "the swarm has no device");
  }

  result<void> through_all() {
    for (const auto& way : itinerary(story_.units))
      if (auto shared = share(way); !shared) return shared;
    const auto closing = steady_clock::now();
    story_.phases.back().to = closing;
    return work_until([this] { return work_->all_ended(); }, closing + patience, true);
  }

  result<void> share(const words& way) {
    out_.line("");
    const auto at = steady_clock::now();
    if (!story_.phases.empty()) story_.phases.back().to = at;
    words verb{"gpu", "coordinate", "swarm/0", "--pattern"};
    verb.insert(verb.end(), way.begin(), way.end());
    if (type(verb) != cli::exit_code::ok) return fail(errc::internal, "the device cannot be shared so");
    story_.phases.push_back({way.front(), at, at, {}});
    const auto early = at + std::min<steady_clock::duration>(new_contracts_are_used, options_.of_each / 2);
    const auto shows = [&] { return steady_clock::now() >= early && is_shown(way.front()); };
    if (auto worked = work_until(shows, at + patience, false); !worked) return worked;
    tell_who_is_who();
    if (type({"gpu", "leases"}) != cli::exit_code::ok) return fail(errc::internal, "the contracts cannot be seen");
    const auto seen = book_.items();
    const bool is_pipeline = way.front() == "pipeline";
    const auto over = [&] {
      return steady_clock::now() >= at + options_.of_each && (!is_pipeline || book_.items() > seen);
    };
    return work_until(over, at + options_.of_each + patience, false);
  }

  /// Runs a verb of `dunlin`, and shows how to type it.
  int type(const words& verb) {
    std::string line = "$ dunlin";
    for (const auto& word : verb) line += " " + word;
    out_.line(line);
    words all{"--url", settings_.url, "--token-file", settings_.swarm.token_file};
    all.insert(all.end(), verb.begin(), verb.end());
    return cli::run_program({std::move(all), {}, {}}, out_);
  }

  /// Until `over`, or until time is up: then that is an error if the work was to end.
  template <class Over>
  result<void> work_until(Over over, moment until, bool closing) {
    auto next_look = steady_clock::now();
    while (!over()) {
      if (signals_.came()) return fail(errc::cancelled, "the walk was stopped");
      if (steady_clock::now() >= until)
        return closing ? result<void>{fail(errc::timeout, "tasks did not end")} : result<void>{};
      if (auto looked = work_->look(closing); !looked) return looked;
      if (steady_clock::now() >= next_look) {
        look_at_pauses();
        next_look = steady_clock::now() + 100ms;
      }
      std::this_thread::sleep_for(pause_between_looks);
    }
    return {};
  }

  /// Whether the leader has heard of a contract under this pattern.
  [[nodiscard]] bool is_shown(const std::string& pattern) {
    const auto leases = swarm_->leases();
    return leases && std::ranges::any_of(
                         *leases, [&](const lease_view& one) { return to_string(one.contract.pattern) == pattern; });
  }

  /// What the device measured, while the contracts that the switch has changed are in force.
  void look_at_pauses() {
    const auto leases = swarm_->leases();
    if (!leases || story_.phases.empty()) return;
    auto& now = story_.phases.back();
    const auto agents = book_.agents();
    for (const auto& lease : *leases) {
      const auto who = agents.find(lease.contract.agent);
      const auto& of = lease.contract;
      if (who == agents.end() || of.used.pause_ns == 0 || to_string(of.pattern) != now.pattern) continue;
      now.pauses[who->second] = std::chrono::nanoseconds{of.used.pause_ns};
    }
  }

  void tell_who_is_who() {
    std::string line;
    for (const auto& [agent, member] : book_.agents())
      line += (line.empty() ? "" : ", ") + std::to_string(agent.value) + " is " + crew()[member].name;
    out_.line("# " + line);
  }

  diary& book_;
  const cli::stop_signals& signals_;
  const walk_options& options_;
  cli::console& out_;
  cli::settings settings_;
  std::unique_ptr<net::http_client> swarm_;
  std::unique_ptr<errands> work_;
  story story_;
};

/// Writes `picture`; an empty one before the walk shows whether there is room for it.
result<void> write(const std::string& path, const std::string& picture) {
  std::ofstream file{path};
  file << picture << std::flush;
  if (!file) return fail(errc::io_failed, "cannot write '" + path + "'", "name a file that can be written", "--svg");
  return {};
}

result<void> walk_in(const std::string& directory, const walk_options& options, cli::console& out) {
  if (directory.empty()) return fail(errc::io_failed, "there is no room for temporary files", "set TMPDIR");
  if (auto room = write(options.svg, {}); !room) return room;
  const cli::stop_signals signals;
  diary book;
  auto process = swarm_process::start(swarm_in(directory), crew_kinds(book));
  if (!process) return fail(std::move(process.error()));
  const auto walked = walker{**process, book, signals, options, out}.walk();
  (*process)->stop();
  static_cast<void>((*process)->wait(10s));
  if (!walked) return fail(error{walked.error()});
  out.line("\n" + table_of(*walked));
  if (auto drawn = write(options.svg, to_svg(*walked)); !drawn) return drawn;
  out.line("No task failed or began anew. Who held what: " + options.svg);
  return {};
}

}  // namespace

int walk(const walk_options& options, cli::console& out) {
  const examples::temporary_directory directory{"dunlin-sharing"};
  const auto walked = walk_in(directory.path(), options, out);
  if (walked) return cli::exit_code::ok;
  out.refuse(walked.error());
  return cli::exit_code::failed;
}

}  // namespace dunlin::sharing
