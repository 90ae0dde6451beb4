// SPDX-License-Identifier: Apache-2.0
#include "cli/client/connection.hpp"
#include "cli/text/in_words.hpp"
#include "cli/text/table.hpp"
#include "cli/verbs/all_verbs.hpp"
#include "net/json/codec.hpp"

namespace dunlin::cli {

namespace {

std::string holder_of(const lock_view& lock) {
  if (!lock.holder) return "- (free; the first in line waits for another lock)";
  const auto id = to_string(*lock.holder);
  return (lock.holder_name.empty() ? id : lock.holder_name + " " + id) + (lock.stopping ? " (stopping)" : "");
}

class lock_list final : public verb {
 public:
  lock_list() : verb("lock list", "list the locks: which task holds each, where, and who waits") {}

  result<int> run(verb_context& with) override {
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    auto locks = swarm->locks();
    if (!locks) return fail(locks.error());
    if (with.out.json())
      with.out.line(json::to_json(json::lock_page{std::move(*locks)}));
    else
      print(with.out, *locks);
    return exit_code::ok;
  }

 private:
  static void print(const console& out, const std::vector<lock_view>& locks) {
    if (locks.empty()) return out.line("No task holds or waits for a lock.");
    table rows{{"LOCK", "HOLDER", "NODE", "FOR>", "WAITING>", "NEXT"}};
    for (const auto& lock : locks)
      rows.add({lock.name, holder_of(lock), lock.node.empty() ? "-" : lock.node,
                lock.holder ? duration_in_words(lock.held_ms * 1'000'000) : "-", std::to_string(lock.waiting),
                lock.next ? to_string(*lock.next) : "-"});
    out.out << rows.render() << std::flush;
  }
};

}  // namespace

std::unique_ptr<verb> make_lock_list() { return std::make_unique<lock_list>(); }

}  // namespace dunlin::cli
