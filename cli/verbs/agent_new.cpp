// SPDX-License-Identifier: Apache-2.0
#include "cli/agent/project_template.hpp"
#include "cli/text/json_text.hpp"
#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

namespace {

class agent_new final : public verb {
 public:
  agent_new() : verb("agent new", "write a CMake project with an agent of your own") {}

  void declare(option_list& options) override {
    options.positional("name", &name_, "of the kind and of its directory");
    options.option("--directory", &parent_, "where to make it");
  }

  result<int> run(verb_context& with) override {
    const auto made = write_agent_project(parent_, name_);
    if (!made) return fail(made.error());
    json_text text;
    text.put("directory", *made);
    with.out.line(with.out.json() ? std::move(text).take()
                                  : "wrote " + *made + "; its README.md says how to build and start it");
    return exit_code::ok;
  }

 private:
  std::string name_;
  std::string parent_ = ".";
};

}  // namespace

std::unique_ptr<verb> make_agent_new() { return std::make_unique<agent_new>(); }

}  // namespace dunlin::cli
