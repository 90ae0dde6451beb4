// SPDX-License-Identifier: Apache-2.0
#include "cli/program.hpp"

#include <algorithm>
#include <ostream>

#include "cli/line/parse_line.hpp"
#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

namespace {

/// An error before the settings are known is printed as the line or the environment asks, if it can be made out.
output_format asked_format(const program_call& call) {
  bool json = false;
  for (const auto& [name, content] : call.variables)
    if (name == "DUNLIN_OUTPUT") json = content == "json";
  const auto& words = call.arguments;
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    if (words[i].starts_with("--output=")) json = words[i] == "--output=json";
    if (words[i] == "--output" && i + 1 < words.size()) json = words[i + 1] == "json";
  }
  return json ? output_format::json : output_format::table;
}

result<settings> settings_of(const program_call& call, const parsed_line& line, console& out) {
  std::vector<given_setting> file;
  if (!line.config_file.empty()) {
    auto read = read_toml(line.config_file);
    if (!read) return fail(read.error());
    file = std::move(*read);
  }
  std::vector<std::string> warnings;
  auto variables = from_environment(call.variables, warnings);
  for (const auto& warning : warnings) out.note(warning);
  return resolve({std::move(file), std::move(variables), line.flags});
}

result<int> run(const program_call& call, console& out) {
  const auto verbs = all_verbs();
  const auto line = parse_line(call.arguments, verbs);
  if (!line) return fail(line.error());
  if (line->chosen == nullptr) {
    out.out << line->help << std::flush;
    return exit_code::ok;
  }
  // A node's child is told what to do by its node, not by whoever's environment it is.
  const auto config = line->chosen->hidden() ? result<settings>{settings{}} : settings_of(call, *line, out);
  if (!config) return fail(config.error());
  out.format = config->output == "json" ? output_format::json : output_format::table;
  verb_context with{out, *config, call.kinds};
  return line->chosen->run(with);
}

}  // namespace

int run_program(const program_call& call, console& out) {
  out.format = asked_format(call);
  const auto ended = run(call, out);
  if (ended) return *ended;
  out.refuse(ended.error());
  return exit_code_of(ended.error().code);
}

}  // namespace dunlin::cli
