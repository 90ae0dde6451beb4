// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <sstream>

#include "cli/client/connection.hpp"
#include "cli/text/json_text.hpp"
#include "cli/verbs/all_verbs.hpp"
#include "net/json/enum_names.hpp"
#include "net/json/nearest.hpp"

namespace dunlin::cli {

namespace {

error bad_device(const std::string& text) {
  return error{errc::invalid_argument, "'" + text + "' names no device",
               "NODE/NUMBER, as in node-1/0; `dunlin gpu list` shows them", "device"};
}

class gpu_coordinate final : public verb {
 public:
  gpu_coordinate() : verb("gpu coordinate", "share a device in another way, while it is in use") {}

  void declare(option_list& options) override {
    options.positional("device", &device_, "NODE/NUMBER, as in node-1/0");
    options.option(
        "--pattern", &pattern_,
        "exclusive, time_sliced, space_partitioned, pipeline, collaborative, or automatic: as suits the agents");
    options.option("--quantum", &quantum_, "milliseconds of one turn at weight 100");
    options.option("--burst", &burst_, "milliseconds by which an interactive agent may go before its turn");
    options.option("--no-preemption", &no_preemption_, "an interactive agent waits for the end of a turn");
    options.option("--holders", &order_.options.most_holders, "that take turns at most");
    options.option("--group", &order_.options.units_per_group, "units that are given together");
    options.option("--stages", &stages_,
                   "of a pipeline, one after the other, with the agents that may serve each: "
                   "as in read,infer:2,write");
    options.option("--ring", &ring_, "items that may wait before each stage");
    options.option("--units", &units_, "of each partition, as in 1,1; without it as agents ask for them");
  }

  result<int> run(verb_context& with) override {
    auto node = read_options();
    if (!node) return fail(std::move(node.error()));
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    if (auto told = swarm->coordinate(*node, order_); !told) return fail(told.error());
    json_text text;
    text.put("device", device_);
    text.put("pattern", pattern_);
    with.out.line(with.out.json() ? std::move(text).take()
                                  : device_ + " is to be shared " + manner() + "; see `dunlin gpu list`");
    return exit_code::ok;
  }

 private:
  [[nodiscard]] std::string manner() const {
    return order_.options.pattern == sharing_pattern::any ? "as suits its agents" : pattern_;
  }

  /// Returns the node's name.
  result<std::string> read_options() {
    const auto slash = device_.rfind('/');
    if (slash == std::string::npos || slash == 0) return fail(bad_device(device_));
    const auto* end = device_.data() + device_.size();
    const auto [stopped, wrong] = std::from_chars(device_.data() + slash + 1, end, order_.device.value);
    if (wrong != std::errc{} || stopped != end) return fail(bad_device(device_));
    const auto pattern = json::pattern_in_order(pattern_);
    if (!pattern)
      return fail(errc::invalid_argument, "'" + pattern_ + "' is no sharing pattern",
                  json::suggestion(pattern_, json::patterns_in_order()), "--pattern");
    order_.options.pattern = *pattern;
    order_.options.quantum = milliseconds{quantum_};
    order_.options.burst = milliseconds{burst_};
    order_.options.preemption_allowed = !no_preemption_;
    if (auto read = read_units(); !read) return fail(std::move(read.error()));
    if (auto read = read_stages(); !read) return fail(std::move(read.error()));
    return device_.substr(0, slash);
  }

  result<void> read_units() {
    order_.options.units.clear();
    const auto* at = units_.data();
    const auto* end = at + units_.size();
    while (at != end) {
      std::uint32_t units = 0;
      const auto [stopped, wrong] = std::from_chars(at, end, units);
      if (wrong != std::errc{} || (stopped != end && *stopped != ','))
        return fail(errc::invalid_argument, "'" + units_ + "' is no list of units", "as in 1,1", "--units");
      order_.options.units.push_back(units);
      at = stopped == end ? end : stopped + 1;
    }
    return {};
  }

  /// Each comes after the one named before it. Forks and joins are for the HTTP interface.
  result<void> read_stages() {
    order_.options.stages.clear();
    std::istringstream list{stages_};
    for (std::string word; std::getline(list, word, ',');) {
      stage_spec stage;
      stage.name = word.substr(0, word.find(':'));
      stage.ring = ring_;
      if (!order_.options.stages.empty()) stage.after = {order_.options.stages.back().name};
      if (const auto colon = word.find(':'); colon != std::string::npos) {
        const auto* end = word.data() + word.size();
        const auto [stopped, wrong] = std::from_chars(word.data() + colon + 1, end, stage.parallelism);
        if (wrong != std::errc{} || stopped != end)
          return fail(errc::invalid_argument, "'" + word + "' is no stage", "NAME or NAME:AGENTS, as in infer:2",
                      "--stages");
      }
      order_.options.stages.push_back(std::move(stage));
    }
    return {};
  }

  std::string device_;
  std::string pattern_ = "exclusive";
  std::string units_;
  std::string stages_;
  std::uint32_t ring_ = 4;
  std::uint32_t quantum_ = 10;
  std::uint32_t burst_ = 10;
  bool no_preemption_ = false;
  coordinate_order order_;
};

}  // namespace

std::unique_ptr<verb> make_gpu_coordinate() { return std::make_unique<gpu_coordinate>(); }

}  // namespace dunlin::cli
