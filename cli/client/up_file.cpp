// SPDX-License-Identifier: Apache-2.0
#include "cli/client/up_file.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "cli/text/json_fields.hpp"
#include "cli/text/json_text.hpp"

namespace dunlin::cli {

namespace {

std::string path_in(const std::string& state_dir) { return state_dir + "/up.json"; }

std::string slurp(const std::string& path) {
  std::ifstream in{path};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

result<void> write_up_file(const std::string& state_dir, const up_file& content) {
  json_text text;
  text.put("pid", content.pid);
  text.put("process_start", content.process_start);
  text.put("url", content.url);
  text.put("token_file", content.token_file);
  text.put("nodes", std::uint64_t{content.nodes});
  const auto path = path_in(state_dir);
  std::ofstream out{path + ".new"};
  out << std::move(text).take() << '\n';
  out.close();
  if (!out || std::rename((path + ".new").c_str(), path.c_str()) != 0)
    return fail(errc::io_failed, "cannot write '" + path + "'");
  return {};
}

result<up_file> read_up_file(const std::string& state_dir) {
  const auto text = slurp(path_in(state_dir));
  if (text.empty())
    return fail(errc::not_found, "no swarm runs with its state in '" + state_dir + "'",
                "start one with `dunlin up`, or name another with --state-dir or --url");
  const auto read = json::parse(text);
  const auto* fields = read ? std::get_if<json::object>(&read->data) : nullptr;
  if (fields == nullptr)
    return fail(errc::malformed, "'" + path_in(state_dir) + "' is damaged", "remove it if no swarm runs there");
  return up_file{number_of<std::int64_t>(*fields, "pid"), number_of<std::uint64_t>(*fields, "process_start"),
                 field_of<std::string>(*fields, "url"), field_of<std::string>(*fields, "token_file"),
                 number_of<std::uint32_t>(*fields, "nodes")};
}

void remove_up_file(const std::string& state_dir) noexcept { std::remove(path_in(state_dir).c_str()); }

std::uint64_t process_start_of(std::int64_t pid) {
  const auto stat = slurp("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = stat.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return 0;
  std::istringstream fields{stat.substr(name_end + 1)};
  std::string skipped;
  fields >> skipped;
  if (skipped == "Z") return 0;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  std::uint64_t start = 0;
  fields >> start;
  return start;
}

bool still_runs(const up_file& swarm) {
  return swarm.pid > 0 && swarm.process_start != 0 && process_start_of(swarm.pid) == swarm.process_start;
}

}  // namespace dunlin::cli
