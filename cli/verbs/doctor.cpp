// SPDX-License-Identifier: Apache-2.0
#include <ostream>

#include "cli/client/connection.hpp"
#include "cli/doctor/checks.hpp"
#include "cli/text/json_text.hpp"
#include "cli/text/table.hpp"
#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

namespace {

class doctor_verb final : public verb {
 public:
  doctor_verb() : verb("doctor", "look at this machine and say what a swarm would lack here", flag_set::up) {}

  result<int> run(verb_context& with) override {
    const auto findings = check_machine(with.config, state_dir_of(with.config));
    bool healthy = true;
    table rows{{"CHECK", "RESULT", "FOUND", "HINT"}};
    std::vector<std::string> objects;
    for (const auto& one : findings) {
      healthy = healthy && one.how != health::failed;
      rows.add({one.check, std::string{in_words(one.how)}, one.found, one.hint});
      json_text text;
      text.put("check", one.check);
      text.put("result", in_words(one.how));
      text.put("found", one.found);
      text.put("hint", one.hint);
      objects.push_back(std::move(text).take());
    }
    if (with.out.json())
      with.out.line("{\"checks\":" + json_array(objects) + "}");
    else
      with.out.out << rows.render() << std::flush;
    return healthy ? exit_code::ok : exit_code::failed;
  }
};

}  // namespace

std::unique_ptr<verb> make_doctor() { return std::make_unique<doctor_verb>(); }

}  // namespace dunlin::cli
