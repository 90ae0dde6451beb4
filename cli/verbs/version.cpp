// SPDX-License-Identifier: Apache-2.0
#include "coordination/version.hpp"

#include "cli/text/json_text.hpp"
#include "cli/verbs/all_verbs.hpp"
#include "coordination/messages.hpp"

namespace dunlin::cli {

namespace {

class version_verb final : public verb {
 public:
  version_verb() : verb("version", "print the version of this program") {}

  result<int> run(verb_context& with) override {
    if (!with.out.json()) {
      with.out.line("dunlin " + std::string{version()});
      return exit_code::ok;
    }
    json_text text;
    text.put("version", version());
    text.put("message_digest", std::to_string(core_message_digest()));
    with.out.line(std::move(text).take());
    return exit_code::ok;
  }
};

}  // namespace

std::unique_ptr<verb> make_version() { return std::make_unique<version_verb>(); }

}  // namespace dunlin::cli
