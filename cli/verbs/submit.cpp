// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "cli/client/batches.hpp"
#include "cli/client/connection.hpp"
#include "cli/client/outcome.hpp"
#include "cli/text/read_file.hpp"
#include "cli/verbs/all_verbs.hpp"
#include "net/json/codec.hpp"
#include "net/json/enum_names.hpp"
#include "net/json/nearest.hpp"

namespace dunlin::cli {

namespace {

constexpr std::uint32_t most_copies = 1'000'000;

result<std::string> read_input(const std::string& path, std::istream& standard_input) {
  return path == "-" ? read_all(standard_input, "the input") : read_file(path);
}

milliseconds whole_ms(double seconds) { return milliseconds{static_cast<std::int64_t>(std::ceil(seconds * 1e3))}; }

/// Reads two numbers with a colon between them, such as `3:60`.
template <class First>
std::optional<std::pair<First, double>> parse_pair(const std::string& text) {
  std::pair<First, double> out{};
  const auto* const end = text.data() + text.size();
  const auto [colon, no_first] = std::from_chars(text.data(), end, out.first);
  const bool two = no_first == std::errc{} && colon != end && *colon == ':';
  const auto [stopped, no_second] = std::from_chars(two ? colon + 1 : end, end, out.second);
  if (!two || stopped != end || no_second != std::errc{} || !(out.second > 0 && out.second < 1e6)) return std::nullopt;
  return out;
}

/// What is out of range the swarm refuses.
result<task_boost> parse_boost(const std::string& text) {
  const auto read = parse_pair<std::uint8_t>(text);
  if (!read)
    return fail(errc::invalid_argument, "'" + text + "' is no boost", "such as 3:60, 3 more for 60 seconds", "--boost");
  return task_boost{read->first, whole_ms(read->second)};
}

result<task_reservation> parse_reservation(const std::string& text) {
  const auto read = parse_pair<double>(text);
  if (!read || !(read->first >= 0 && read->first < 1e6))
    return fail(errc::invalid_argument, "'" + text + "' is no reservation",
                "such as 600:60, 60 seconds in 10 minutes from now", "--reserve");
  return task_reservation{whole_ms(read->first), whole_ms(read->second)};
}

class submit_verb final : public verb {
 public:
  submit_verb() : verb("submit", "submit tasks: a JSON file of them, or one by flags") {}

  void declare(option_list& options) override {
    options.positional("file", &file_, "JSON: a task, an array, or {\"tasks\": [...]}; - reads the input", false);
    options.option("--kind", &kind_, "submit a task of this kind instead of a file");
    options.option("--payload", &payload_, "its payload; @FILE takes it from a file");
    options.option("--count", &count_, "how many of it");
    options.option("--name", &spec_.name, "its name; with --count a number follows");
    options.option("--priority", &priority_, "1-10");
    options.option("--boost", &boosts_, "BY:SECONDS: that much more priority for so long; may be given several times");
    options.option("--node", &spec_.shape.where.node, "that it has to run on");
    options.option("--cores", &cores_, "that it needs, such as 0.5");
    options.option("--sharing", &sharing_, "needs a share of a device, and would like it exclusive, time_sliced ...");
    options.option("--reserve", &reserve_, "IN:SECONDS: the device keeps that share free for it, from IN seconds on");
    options.option("--capability", &spec_.shape.capabilities, "that the agent must have; may be given several times");
    options.option("--depends-on", &spec_.depends_on, "id of a task to wait for; may be given several times");
    options.option("--lock", &spec_.locks,
                   "a lock, such as model:resnet, that it needs alone; may be given several times");
    options.option("--isolation", &isolation_, "auto, thread, process or async");
    options.option("--timeout", &timeout_s_, "seconds for one attempt");
    options.option("--retries", &spec_.shape.retry.max_retries, "how often it is tried again");
    options.option("--wait", &wait_, "wait until all have ended; 0 only if all succeeded");
    options.option("--patience", &patience_s_, "seconds to wait at most; 0 = as long as it takes");
  }

  result<int> run(verb_context& with) override {
    auto specs = wanted(with.out);
    if (!specs) return fail(specs.error());
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    auto answers = submit_all(*swarm, std::move(*specs));
    if (!answers) return fail(answers.error());
    if (!wait_) {
      print(with.out, *answers);
      return exit_code::ok;
    }
    std::vector<task_id> ids;
    for (const auto& answer : *answers) ids.push_back(answer.id);
    const auto waited = wait_for_tasks(*swarm, ids, patience_of(patience_s_), with.out);
    if (!waited) return fail(waited.error());
    return report_outcome(with.out, *waited);
  }

 private:
  result<std::vector<task_spec>> wanted(const console& from) {
    if (file_.empty() == kind_.empty())
      return fail(errc::invalid_argument, "either a file of tasks or --kind is needed", "see `dunlin submit --help`");
    if (!kind_.empty()) return copies(from);
    const auto text = read_input(file_, from.in);
    if (!text) return fail(text.error());
    return json::parse_task_specs(*text);
  }

  result<std::vector<task_spec>> copies(const console& from) {
    if (count_ == 0 || count_ > most_copies)
      return fail(errc::invalid_argument, std::to_string(count_) + " tasks were asked for",
                  "use 1 to " + std::to_string(most_copies), "--count");
    if (auto filled = fill(from); !filled) return fail(filled.error());
    std::vector<task_spec> out(count_, spec_);
    for (std::size_t i = 0; i < out.size() && count_ > 1 && !spec_.name.empty(); ++i)
      out[i].name += "-" + std::to_string(i + 1);
    return out;
  }

  result<void> fill(const console& from) {
    spec_.shape.kind = kind_;
    const auto isolation = json::from_name<isolation_mode>(isolation_);
    if (!isolation)
      return fail(errc::invalid_argument, "'" + isolation_ + "' is no isolation",
                  json::suggestion(isolation_, json::all_names<isolation_mode>()), "--isolation");
    if (!std::isfinite(timeout_s_) || timeout_s_ <= 0 || timeout_s_ > 1e9)
      return fail(errc::invalid_argument, "the timeout is out of range", "use seconds above 0", "--timeout");
    if (priority_ < 1 || priority_ > 10)
      return fail(errc::invalid_argument, "'" + std::to_string(priority_) + "' is no priority", "use 1 to 10",
                  "--priority");
    spec_.shape.isolation = *isolation;
    spec_.shape.timeout = milliseconds{static_cast<std::int64_t>(std::ceil(timeout_s_ * 1e3))};
    spec_.priority = static_cast<std::uint8_t>(priority_);
    for (const auto& text : boosts_) {
      const auto boost = parse_boost(text);
      if (!boost) return fail(boost.error());
      spec_.priority_boosts.push_back(*boost);
    }
    if (auto share = fill_share(); !share) return share;
    auto payload = payload_.starts_with('@') ? read_input(payload_.substr(1), from.in) : result<std::string>{payload_};
    if (!payload) return fail(payload.error());
    spec_.payload = to_bytes(*payload);
    return {};
  }

  result<void> fill_share() {
    const auto sharing = json::from_name<sharing_pattern>(sharing_);
    if (!sharing)
      return fail(errc::invalid_argument, "'" + sharing_ + "' is no pattern",
                  json::suggestion(sharing_, json::all_names<sharing_pattern>()), "--sharing");
    if (!std::isfinite(cores_) || cores_ < 0 || cores_ > 1e5)
      return fail(errc::invalid_argument, "the cores are out of range", "use 0 to 100000", "--cores");
    spec_.shape.sharing = *sharing;
    spec_.shape.needs.cpu_milli = static_cast<std::uint32_t>(std::ceil(cores_ * 1e3));
    if (reserve_.empty()) return {};
    const auto reserved = parse_reservation(reserve_);
    if (!reserved) return fail(reserved.error());
    spec_.shape.reserved = {*reserved};
    return {};
  }

  static void print(const console& out, const std::vector<submit_answer>& answers) {
    if (out.json()) return out.line(json::to_json(json::answer_page{answers}));
    for (const auto& answer : answers)
      out.line(to_string(answer.id) + (answer.existed ? " (existed, by its idempotency key)" : ""));
  }

  std::string file_, kind_, payload_;
  std::vector<std::string> boosts_;
  std::string isolation_ = "auto";
  std::string sharing_ = "any";
  std::string reserve_;
  double cores_ = 0;
  std::uint32_t count_ = 1;
  std::uint32_t priority_ = 5;
  double timeout_s_ = 300;
  double patience_s_ = 0;
  bool wait_ = false;
  task_spec spec_;
};

}  // namespace

std::unique_ptr<verb> make_submit() { return std::make_unique<submit_verb>(); }

}  // namespace dunlin::cli
