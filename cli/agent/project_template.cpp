// SPDX-License-Identifier: Apache-2.0
#include "cli/agent/project_template.hpp"

#include <filesystem>
#include <fstream>
#include <string_view>

#include "coordination/types.hpp"

namespace dunlin::cli {

namespace {

/// Stands for the project's name in the texts below, `@CLASS@` for the name of its class.
constexpr std::string_view name_mark = "@NAME@";
constexpr std::string_view class_mark = "@CLASS@";

constexpr std::string_view cmake_text = R"(cmake_minimum_required(VERSION 3.25)
project(@NAME@ LANGUAGES CXX)

find_package(dunlin 0.1 REQUIRED COMPONENTS actors cli)

add_executable(@NAME@ main.cpp)
target_link_libraries(@NAME@ PRIVATE dunlin::actors dunlin::cli)
)";

constexpr std::string_view main_text =
    R"(// An agent that counts the words of its payload, and a program that is `dunlin` plus this kind.
#include <dunlin/cli/swarm_program.hpp>
#include <string>

namespace {

class @CLASS@ final : public dunlin::agent {
 public:
  dunlin::result<dunlin::bytes> handle(dunlin::task_context& task) override {
    const auto text = dunlin::as_text(task.payload());
    if (text.empty()) return dunlin::fail(dunlin::errc::invalid_argument, "there is no text to count");
    std::size_t words = 0;
    bool inside = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (task.cancelled()) return dunlin::fail(dunlin::errc::cancelled, "stopped while counting");
      const bool letter = text[at] != ' ' && text[at] != '\n' && text[at] != '\t';
      if (letter && !inside) ++words;
      inside = letter;
      if (at % 65'536 == 0) task.progress(static_cast<int>(at * 100 / text.size()), "counting", at, text.size());
    }
    return dunlin::to_bytes(std::to_string(words));
  }
};

}  // namespace

int main(int argc, char** argv) {
  return dunlin::run_swarm_program(argc, argv, {dunlin::kind_of<@CLASS@>("@NAME@")});
}
)";

constexpr std::string_view readme_text = R"(# @NAME@

An agent for a Dunlin swarm. `main.cpp` holds the agent and its registration; the program is `dunlin` plus this kind.

```
cmake -B build -DCMAKE_BUILD_TYPE=Release     # -DCMAKE_PREFIX_PATH=PREFIX where dunlin is not installed in /usr
cmake --build build
build/@NAME@ up -n 2                          # starts two node processes; Ctrl-C stops them
```

In another terminal:

```
build/@NAME@ submit --kind @NAME@ --payload "to be or not to be" --wait
build/@NAME@ task list
build/@NAME@ down
```

To go on: change `handle`. It may report progress, save a checkpoint, ask other agents (`task.find`, `task.ask`) and
must return soon once `task.cancelled()`. A kind that may crash or hang belongs in a process of its own:
`dunlin::kind_of<@CLASS@>("@NAME@", {}, dunlin::isolation_mode::process)`.
)";

constexpr std::string_view ignore_text = "build/\n";

void replace_all(std::string& in, std::string_view mark, const std::string& by) {
  for (auto at = in.find(mark); at != std::string::npos; at = in.find(mark, at + by.size()))
    in.replace(at, mark.size(), by);
}

std::string filled(std::string_view text, const std::string& name, const std::string& class_name) {
  std::string out{text};
  replace_all(out, class_mark, class_name);
  replace_all(out, name_mark, name);
  return out;
}

/// A name that CMake takes for a target and from which C++ can name a class.
bool is_project_name(const std::string& name) {
  if (!is_valid_name(name) || name == "test" || name == "all" || name == "clean" || name == "help") return false;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return letter(name.front()) && name.find('.') == std::string::npos;
}

}  // namespace

result<std::vector<std::pair<std::string, std::string>>> agent_project(const std::string& name) {
  if (!is_project_name(name))
    return fail(errc::invalid_argument, "'" + name + "' is no name for an agent",
                "begin with a letter, go on with letters, digits, _ and -");
  auto class_name = name + "_agent";
  for (char& c : class_name)
    if (c == '-') c = '_';
  return std::vector<std::pair<std::string, std::string>>{{"CMakeLists.txt", filled(cmake_text, name, class_name)},
                                                          {"main.cpp", filled(main_text, name, class_name)},
                                                          {"README.md", filled(readme_text, name, class_name)},
                                                          {".gitignore", std::string{ignore_text}}};
}

result<std::string> write_agent_project(const std::string& parent, const std::string& name) {
  namespace fs = std::filesystem;
  const auto files = agent_project(name);
  if (!files) return fail(files.error());
  const auto directory = fs::path{parent} / name;
  std::error_code why;
  if (fs::exists(fs::symlink_status(directory, why)))
    return fail(errc::conflict, "'" + directory.string() + "' exists", "choose another name, or remove it");
  if (!fs::create_directory(directory, why))
    return fail(errc::io_failed, "cannot make '" + directory.string() + "': " + why.message(),
                "choose a directory that may be written");
  for (const auto& [path, content] : *files) {
    std::ofstream out{directory / path};
    out << content;
    out.close();
    if (!out) return fail(errc::io_failed, "cannot write '" + (directory / path).string() + "'");
  }
  return directory.string();
}

}  // namespace dunlin::cli
