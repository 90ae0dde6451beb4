// SPDX-License-Identifier: Apache-2.0
#include "cli/client/connection.hpp"
#include "cli/text/choice_lines.hpp"
#include "cli/text/in_words.hpp"
#include "cli/text/table.hpp"
#include "cli/verbs/all_verbs.hpp"
#include "net/json/codec.hpp"

namespace dunlin::cli {

namespace {

std::string amount(const std::string& compute, std::uint64_t memory_bytes) {
  return memory_bytes == 0 ? compute : compute + ", " + bytes_in_words(memory_bytes);
}

std::string requested(const share_wish& wish) {
  const auto percent = [](std::uint32_t milli) { return fixed(milli / 10.0, milli % 10 == 0 ? 0 : 1) + " %"; };
  auto share = percent(wish.compute_milli);
  if (wish.most_milli > wish.compute_milli) share += " to " + percent(wish.most_milli);
  if (wish.interactive) share += ", soon";
  if (wish.pattern != sharing_pattern::any) share += ", " + std::string{to_string(wish.pattern)};
  return amount(share, wish.memory_bytes);
}

std::string granted(const contract_view& of) {
  if (!has_share(of.state)) return "-";
  const auto& what = of.granted;
  auto share = std::to_string(what.compute_units) + (what.compute_units == 1 ? " unit" : " units");
  if (what.quantum > duration{0})
    share += " in turns of " + duration_in_words(static_cast<std::uint64_t>(what.quantum.count()));
  return amount(share, what.memory_bytes);
}

std::string enforced(const contract_view& of) {
  if (!has_share(of.state)) return "-";
  std::string how{to_string(of.compute_enforcement)};
  if (!of.enforcement_note.empty()) how = of.enforcement_note;
  return of.granted.memory_bytes == 0 ? how : how + ", bytes " + std::string{to_string(of.memory_enforcement)};
}

std::string used(const contract_view& of) {
  if (!has_share(of.state)) return "-";
  if (of.used.busy_is == exactness::unmeasured) return "n/a (no step has ended)";
  return duration_in_words(of.used.busy_ns) + " (" + std::string{to_string(of.used.busy_is)} + "), " +
         std::to_string(of.used.launches) + (of.used.launches == 1 ? " step" : " steps");
}

std::string others(const contract_view& of) {
  std::string out;
  std::size_t elsewhere = 0;
  for (const auto agent : of.shared_with) {
    if (sharer_of(agent))
      ++elsewhere;
    else
      out += (out.empty() ? "" : " ") + std::to_string(agent.value);
  }
  if (elsewhere > 0) out += (out.empty() ? "" : ", ") + std::to_string(elsewhere) + " on other nodes";
  return out.empty() ? "-" : out;
}

class gpu_leases final : public verb {
 public:
  gpu_leases() : verb("gpu leases", "show each share: asked, granted, enforced, used, and why") {}

  void declare(option_list& options) override {
    options.option("--explain", &explain_, "why each stands where it stands, and what would change it");
  }

  result<int> run(verb_context& with) override {
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    auto leases = swarm->leases();
    if (!leases) return fail(leases.error());
    if (with.out.json()) {
      with.out.line(json::to_json(json::lease_page{std::move(*leases)}));
    } else if (explain_) {
      const auto devices = swarm->devices();
      if (!devices) return fail(devices.error());
      for (const auto& device : *devices)
        for (const auto& line : choice_lines(device)) with.out.line(line);
      explain(with.out, *leases);
    } else {
      print(with.out, *leases);
    }
    return exit_code::ok;
  }

 private:
  static void print(const console& out, const std::vector<lease_view>& leases) {
    if (leases.empty()) return out.line("No agent holds or waits for a device.");
    table rows{{"DEVICE", "AGENT>", "STATE", "PATTERN", "PRIORITY>", "TOKEN>", "REQUESTED", "GRANTED", "ENFORCED",
                "USED", "PAUSED>", "WITH"}};
    for (const auto& lease : leases) {
      const auto& of = lease.contract;
      rows.add({lease.node + "/" + std::to_string(lease.device.value), of.agent ? std::to_string(of.agent.value) : "-",
                std::string{to_string(of.state)}, std::string{to_string(of.pattern)},
                of.state == contract_state::reserved ? "-" : std::to_string(of.priority),
                of.token == 0 ? "-" : std::to_string(of.token), requested(of.requested), granted(of), enforced(of),
                used(of), of.used.pause_ns == 0 ? "-" : duration_in_words(of.used.pause_ns), others(of)});
    }
    out.out << rows.render() << std::flush;
  }

  static void explain(const console& out, const std::vector<lease_view>& leases) {
    for (const auto& lease : leases) {
      out.line(lease.node + "/" + std::to_string(lease.device.value) + ": " + lease.contract.why + ".");
      if (!lease.contract.change.empty()) out.line("    It changes when " + lease.contract.change + ".");
    }
  }

  bool explain_ = false;
};

}  // namespace

std::unique_ptr<verb> make_gpu_leases() { return std::make_unique<gpu_leases>(); }

}  // namespace dunlin::cli
