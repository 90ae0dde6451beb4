// SPDX-License-Identifier: Apache-2.0
#include "actors/process/run_command.hpp"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::size_t room_for_figures = 1024;  // of an inline result, beside the text

bytes end_of(const bytes& all, std::size_t room) {
  const auto kept = std::min(all.size(), room);
  return {all.end() - static_cast<std::ptrdiff_t>(kept), all.end()};
}

command_output output_of(const child_report& report) {
  command_output out;
  out.exit_code = report.exit_code;
  out.output_bytes = report.output.size();
  out.errors_bytes = report.errors.size();
  // stderr is for people and gets at most a quarter; stdout has the rest.
  out.errors = end_of(report.errors, max_inline_bytes / 4);
  out.output = end_of(report.output, max_inline_bytes - room_for_figures - out.errors.size());
  return out;
}

command_end end_of_command(const child_report& report) {
  command_end out;
  out.usage.run_ns = report.wall_ns;
  out.usage.cpu_ns = report.cpu_ns;
  out.usage.peak_bytes = report.peak_rss_bytes;
  if (auto fine = verdict(report); !fine)
    out.outcome = fail(std::move(fine.error()));
  else
    out.outcome = output_of(report);
  return out;
}

}  // namespace

result<child_id> run_command(process_host& host, const allow_list& allowed, command_attempt attempt,
                             std::function<void(command_end)> done) {
  auto& command = attempt.command;
  if (command.arguments.empty())
    return fail(errc::invalid_argument, "the command is empty", "name a program and its arguments");
  for (const auto& argument : command.arguments)
    if (argument.find('\0') != std::string::npos)
      return fail(errc::invalid_argument, "an argument holds a zero byte", "leave it out");
  for (const auto& [name, value] : command.environment)
    if (auto fine = allowed.check_variable(name, value); !fine) return fail(std::move(fine.error()));
  auto executable = allowed.resolve(command.arguments.front());
  if (!executable) return fail(std::move(executable.error()));

  child_options options;
  options.executable = std::move(*executable);
  options.arguments = std::move(command.arguments);
  for (auto& [name, value] : command.environment) options.environment.emplace_back(std::move(name), std::move(value));
  for (auto& own : task_environment(attempt.id, attempt.attempt, attempt.epoch))
    options.environment.push_back(std::move(own));
  options.timeout = attempt.timeout;
  options.limits.address_space_bytes = attempt.memory_bytes;
  child_events events;
  events.end = [done = std::move(done)](const child_report& report) { done(end_of_command(report)); };
  return host.start(std::move(options), std::move(events));
}

}  // namespace dunlin
