// SPDX-License-Identifier: Apache-2.0
#include "tests/system/swarm_rig.hpp"

#include <csignal>

#include "cli/text/json_fields.hpp"
#include "tests/system/poll.hpp"

namespace dunlin::test {

using cli::field_of;
using cli::number_of;

swarm_rig::~swarm_rig() {
  up_.reset();
  for (const auto pid : processes_with(state_dir())) ::kill(pid, SIGKILL);
  eventually([&] { return is_gone(); });
}

bool swarm_rig::up(const words& more) {
  words line{program_, "up", "--state-dir", state_dir(), "--http-port", "0", "--run-dir", state_dir()};
  line.insert(line.end(), more.begin(), more.end());
  up_ = std::make_unique<program>(std::move(line));
  eventually([&] { return !up_->runs() || up_->out().find("Ctrl-C") != std::string::npos; });
  return up_->runs() && up_->out().find("the swarm is ready") != std::string::npos;
}

words swarm_rig::full(words verb) const {
  verb.insert(verb.begin(), {program_, "--state-dir", state_dir()});
  return verb;
}

ended_program swarm_rig::run(words verb) const { return run_to_end(full(std::move(verb))); }

std::unique_ptr<program> swarm_rig::start(words verb) const { return std::make_unique<program>(full(std::move(verb))); }

json::object swarm_rig::ask(words verb) const {
  verb.insert(verb.begin(), {"--output", "json"});
  const auto read = json::parse(run(std::move(verb)).out);
  const auto* fields = read ? std::get_if<json::object>(&read->data) : nullptr;
  return fields == nullptr ? json::object{} : *fields;
}

std::string swarm_rig::submit(words verb) const {
  verb.insert(verb.begin(), "submit");
  auto out = run(std::move(verb)).out;
  return out.substr(0, out.find('\n'));
}

std::string swarm_rig::field_of_task(const std::string& id, const std::string& field) const {
  return field_of<std::string>(ask({"task", "info", id}), field);
}

pid_t swarm_rig::pid_of(const std::string& node) const {
  for (const auto& one : field_of<json::array>(ask({"node", "list"}), "nodes"))
    if (const auto* fields = std::get_if<json::object>(&one.data))
      if (field_of<std::string>(*fields, "name") == node) return number_of<pid_t>(*fields, "pid");
  return 0;
}

bool swarm_rig::is_gone() const { return processes_with(state_dir()).empty(); }

}  // namespace dunlin::test
