// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "net/json/codec.hpp"
#include "net/json/decode.hpp"
#include "net/json/describe.hpp"
#include "net/json/encode.hpp"

namespace dunlin::json {

namespace {

struct submission {
  std::vector<task_spec> tasks;
};

void describe(auto& visit, maybe_const<submission> auto& m) { visit("tasks", m.tasks); }

bool has_tasks(const value& tree) {
  const auto* members = std::get_if<object>(&tree.data);
  return members != nullptr && std::ranges::find(*members, "tasks", &member::key) != members->end();
}

void require_kinds(decoding& in, const place& where, const std::vector<task_spec>& specs, bool numbered) {
  for (std::size_t i = 0; i < specs.size() && in.ok(); ++i) {
    if (!specs[i].shape.kind.empty()) continue;
    const place item{&where, {}, i};
    in.refuse(place{numbered ? &item : &where, "kind"}, errc::missing_field, "a task needs a kind",
              "name the handler that is to run it");
  }
}

}  // namespace

result<std::vector<task_spec>> parse_task_specs(std::string_view text) {
  auto tree = parse(text);
  if (!tree) return fail(std::move(tree.error()));
  decoding in;
  submission out;
  const place root;
  const place tasks{&root, "tasks"};
  const bool one = !std::holds_alternative<array>(tree->data) && !has_tasks(*tree);
  if (one)
    decode(in, root, *tree, out.tasks.emplace_back());
  else if (std::holds_alternative<array>(tree->data))
    decode(in, tasks, *tree, out.tasks);
  else
    decode(in, root, *tree, out);
  require_kinds(in, one ? root : tasks, out.tasks, !one);
  if (in.ok() && out.tasks.empty())
    in.refuse(tasks, errc::invalid_argument, "no task is given",
              R"(give one task, an array of tasks, or {"tasks": [...]})");
  if (!in.ok()) return fail(std::move(in.failure));
  return std::move(out.tasks);
}

std::string to_json(const task_spec& spec) { return encode_text(spec); }
std::string to_json(const std::vector<task_spec>& specs) { return encode_text(submission{specs}); }

}  // namespace dunlin::json
