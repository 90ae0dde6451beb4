// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/host_facts.hpp"
#include "cli/client/connection.hpp"
#include "cli/text/choice_lines.hpp"
#include "cli/text/in_words.hpp"
#include "cli/text/table.hpp"
#include "cli/verbs/all_verbs.hpp"
#include "net/json/codec.hpp"

namespace dunlin::cli {

namespace {

std::string pattern_of(const sharing_view& shared) {
  const std::string pattern{to_string(shared.pattern)};
  return shared.choice.automatic ? pattern + " (automatic)" : pattern;
}

std::string holders_of(const device_view& view) {
  std::string out;
  for (const auto& contract : view.sharing.contracts)
    if (has_share(contract.state)) out += (out.empty() ? "agent " : ", ") + std::to_string(contract.agent.value);
  return out.empty() ? "-" : out;
}

/// What it measured of itself, where it did.
std::string utilisation_of(const device_figures& figures) {
  if (figures.busy_permille < 0) return "n/a (" + figures.why_unmeasured + ")";
  return fixed(figures.busy_permille / 10.0, 1) + " %";
}

std::string state_of(const device_view& view) {
  return view.device.quarantine.empty() ? "in use" : "quarantined (" + view.device.quarantine + ")";
}

/// One line for each device that has a pool.
std::string pool_line(const device_view& view) {
  if (view.figures.pool.empty()) return {};
  const auto& pool = view.figures.pool.front();
  return "Pool of " + view.node + "/" + std::to_string(view.device.id.value) + ": " + bytes_in_words(pool.reserved) +
         " taken from the device = " + bytes_in_words(pool.asked) + " asked for + " + bytes_in_words(pool.internal) +
         " lost inside blocks + " + bytes_in_words(pool.cached) + " kept by tasks + " + bytes_in_words(pool.external) +
         " free between blocks; " + std::to_string(pool.exhausted) + " refused.";
}

/// One line for each device that nodes share, at its home.
std::string sharers_line(const device_view& view) {
  if (view.sharers.empty() || view.home != view.node) return {};
  std::string nodes;
  for (const auto& one : view.sharers) nodes += (nodes.empty() ? "" : ", ") + one;
  return view.device.shared_as + " is shared by " + nodes + "; " + view.home + " decides (epoch " +
         std::to_string(view.epoch) + ").";
}

class gpu_list final : public verb {
 public:
  gpu_list() : verb("gpu list", "list the devices, who shares them and who waits") {}

  result<int> run(verb_context& with) override {
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    auto devices = swarm->devices();
    if (!devices) return fail(devices.error());
    if (with.out.json())
      with.out.line(json::to_json(json::device_page{std::move(*devices)}));
    else
      print(with.out, *devices);
    return exit_code::ok;
  }

 private:
  static void print(const console& out, const std::vector<device_view>& devices) {
    table rows{{"NODE", "DEVICE", "KIND", "STATE", "UNITS>", "MEMORY>", "HELD>", "USED>", "PATTERN", "HOLDERS",
                "WAITING>", "BUSY>", "ENFORCEMENT"}};
    bool any_gpu = false;
    for (const auto& view : devices) {
      any_gpu = any_gpu || view.device.kind != "cpu";
      rows.add({view.node, view.device.name, view.device.kind, state_of(view),
                std::to_string(view.device.compute_units), bytes_in_words(view.device.memory_bytes),
                bytes_in_words(view.figures.held_bytes), utilisation_of(view.figures), pattern_of(view.sharing),
                holders_of(view), std::to_string(view.sharing.waiting), duration_in_words(view.busy_ns),
                view.device.enforcement});
    }
    out.out << rows.render() << std::flush;
    for (const auto& view : devices)
      for (const auto& line : choice_lines(view)) out.line(line);
    for (const auto& view : devices)
      if (const auto line = pool_line(view); !line.empty()) out.line(line);
    for (const auto& view : devices)
      if (const auto line = sharers_line(view); !line.empty()) out.line(line);
    for (const auto& view : devices)
      if (view.alarms > 0)
        out.line("ALARM on " + view.node + "/" + std::to_string(view.device.id.value) + ", " +
                 std::to_string(view.alarms) + " times: " + view.alarm);
    for (const auto& view : devices)
      if (!view.refusal.empty())
        out.line(view.node + "/" + std::to_string(view.device.id.value) + " is not shared as ordered: " + view.refusal);
    if (!any_gpu) out.line("No GPU: " + no_gpu_reason() + ". The CPU device serves.");
  }
};

}  // namespace

std::unique_ptr<verb> make_gpu_list() { return std::make_unique<gpu_list>(); }

}  // namespace dunlin::cli
