// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/device_probe.hpp"
#include "cli/text/in_words.hpp"
#include "cli/text/json_text.hpp"
#include "cli/text/table.hpp"
#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

namespace {

std::string outcome_in_words(const probed_device& one) {
  if (!one.outcome) return to_string(one.outcome.error());
  return "works: a step took " + duration_in_words(one.wall_ns) + ", busy for " + duration_in_words(one.busy_ns);
}

std::string pool_in_words(const device_telemetry& told) {
  if (told.pool.empty()) return "n/a (it has none)";
  const auto& pool = told.pool.front();
  return bytes_in_words(pool.reserved) + " taken: " + bytes_in_words(pool.asked) + " asked, " +
         bytes_in_words(pool.internal) + " internal, " + bytes_in_words(pool.cached) + " cached, " +
         bytes_in_words(pool.external) + " external";
}

std::string in_json(const probed_device& one) {
  json_text out;
  out.put("id", one.is.id.value);
  out.put("kind", one.is.kind);
  out.put("name", one.is.name);
  out.put("compute_units", std::uint64_t{one.is.compute_units});
  out.put("memory_bytes", one.is.memory_bytes);
  out.put("held_bytes", one.telemetry.held_bytes);
  out.put("outcome", outcome_in_words(one));
  out.put("pool", pool_in_words(one.telemetry));
  out.put("enforcement", one.is.enforcement);
  return std::move(out).take();
}

class node_probe final : public verb {
 public:
  node_probe() : verb("node probe", "try the devices that a node would have here", flag_set::node) {}

  result<int> run(verb_context& with) override {
    const auto found = probe_devices(with.config.swarm);
    if (!found) return fail(found.error());
    bool works = true;
    for (const auto& one : found->devices) works = works && one.outcome.has_value();
    if (with.out.json())
      print_json(with.out, *found);
    else
      print(with.out, *found);
    return works ? exit_code::ok : exit_code::failed;
  }

 private:
  static void print(const console& out, const device_probe& found) {
    table rows{{"DEVICE", "KIND", "UNITS>", "MEMORY>", "HELD>", "RESULT", "POOL"}};
    for (const auto& one : found.devices)
      rows.add({one.is.name, one.is.kind, std::to_string(one.is.compute_units), bytes_in_words(one.is.memory_bytes),
                bytes_in_words(one.telemetry.held_bytes), outcome_in_words(one), pool_in_words(one.telemetry)});
    out.out << rows.render() << std::flush;
    if (!found.no_gpu_reason.empty()) out.line("No GPU: " + found.no_gpu_reason + ". The CPU device serves.");
    if (!found.unused_gpus.empty()) out.line("Not used: " + found.unused_gpus);
  }

  static void print_json(console& out, const device_probe& found) {
    std::vector<std::string> devices;
    devices.reserve(found.devices.size());
    for (const auto& one : found.devices) devices.push_back(in_json(one));
    json_text text;
    text.put_raw("devices", json_array(devices));
    text.put("no_gpu_reason", found.no_gpu_reason);
    text.put("unused_gpus", found.unused_gpus);
    out.line(std::move(text).take());
  }
};

}  // namespace

std::unique_ptr<verb> make_node_probe() { return std::make_unique<node_probe>(); }

}  // namespace dunlin::cli
