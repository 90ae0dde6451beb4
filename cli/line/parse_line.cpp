// SPDX-License-Identifier: Apache-2.0
// The only file that knows CLI11.
#include "cli/line/parse_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "cli/config/setting_table.hpp"
#include "net/json/nearest.hpp"

namespace dunlin::cli {

namespace {

/// What the help calls a value that goes there.
std::string name_of_value(const option_list::target& into) {
  if (std::holds_alternative<bool*>(into)) return {};
  const bool text =
      std::holds_alternative<std::string*>(into) || std::holds_alternative<std::vector<std::string>*>(into);
  return text ? "TEXT" : "NUMBER";
}

std::string name_of_value(const setting& which) {
  if (!which.choices.empty()) return std::string{which.choices};
  if (which.type == setting_type::boolean) return "true|false";
  if (which.type == setting_type::list) return "A,B,...";
  return which.type == setting_type::text ? "TEXT" : "NUMBER";
}

void bind(CLI::App& app, const option_list::entry& entry) {
  const auto make = [&](auto* into) -> CLI::Option* {
    using value = std::remove_pointer_t<decltype(into)>;
    if constexpr (std::is_same_v<value, bool>)
      return app.add_flag(entry.names, *into, entry.help);
    else
      return app.add_option(entry.names, *into, entry.help);
  };
  auto* option = std::visit(make, entry.into);
  if (entry.required) option->required();
  option->type_name(name_of_value(entry.into));
  const bool has_default =
      std::holds_alternative<std::int64_t*>(entry.into) || std::holds_alternative<std::uint32_t*>(entry.into) ||
      std::holds_alternative<double*>(entry.into) || std::holds_alternative<std::string*>(entry.into);
  if (has_default) option->capture_default_str()->take_last();
  // A named list is given once per item, so that a positional may follow it.
  if (std::holds_alternative<std::vector<std::string>*>(entry.into) && entry.names.starts_with('-'))
    option->allow_extra_args(false);
}

constexpr std::string_view last_words =
    "Begin with `dunlin doctor`, then `dunlin up`; in another terminal\n"
    "  dunlin submit --kind primes --payload 3000000 --count 20 --wait\n"
    "`dunlin VERB --help` tells what a verb takes. Flags go before --set before DUNLIN_* before --config before "
    "defaults.\n"
    "Exit codes: 0 ok, 1 failed, 2 usage or infeasible, 3 unreachable, 4 timeout.";

constexpr std::string_view footer_of_verbs =
    "And those of every verb: --output, --state-dir, --url, --token-file, "
    "--config, --set; see `dunlin --help`.";

bool takes(flag_set flags, audience whose) {
  if (flags == flag_set::client || whose == audience::client) return false;
  return whose == audience::swarm || (whose == audience::up) == (flags == flag_set::up);
}

class line_parser {
 public:
  explicit line_parser(const verb_set& verbs) {
    root_.require_subcommand(0, 1);
    root_.set_help_flag("-h,--help", "show this help");
    add_globals();
    for (const auto& one : verbs) add(*one);
    for (auto* one : root_.get_subcommands(nullptr)) describe_group(*one);
    root_.footer(std::string{last_words});
  }

  result<parsed_line> parse(const std::vector<std::string>& arguments) {
    try {
      root_.parse(std::vector<std::string>{arguments.rbegin(), arguments.rend()});
    } catch (const CLI::CallForHelp&) {
      out_.help = root_.help();  // of the deepest verb given, under its whole name
      return std::move(out_);
    } catch (const CLI::ParseError& wrong) {
      return fail(refusal(wrong));
    }
    auto& chosen = deepest();
    if (const auto found = verbs_.find(&chosen); found != verbs_.end())
      out_.chosen = found->second;
    else if (&chosen != &root_ || !chosen.remaining().empty())
      return fail(errc::unknown_verb, "'" + chosen.get_name() + "' needs one more word",
                  "use one of: " + joined(words_in(chosen)));
    else
      out_.help = root_.help();
    return std::move(out_);
  }

 private:
  void add_globals() {
    root_.add_option("--config", out_.config_file, "TOML file with settings")
        ->envname("DUNLIN_CONFIG")
        ->type_name("FILE");
    const auto set = [this](const std::vector<std::string>& pairs) {
      for (const auto& pair : pairs) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos) throw CLI::ValidationError("--set", "'" + pair + "' is not KEY=VALUE");
        out_.flags.push_back({pair.substr(0, equals), pair.substr(equals + 1), "--set"});
      }
    };
    root_.add_option_function<std::vector<std::string>>("--set", set, "any setting; may be given several times")
        ->allow_extra_args(false)
        ->type_name("KEY=VALUE");
    for (const auto& one : all_settings())
      if (one.flag_of == audience::client) add_setting(root_, one);
  }

  void add_setting(CLI::App& app, const setting& which) {
    const auto take = [this, &which](const std::string& text) {
      out_.flags.push_back({std::string{which.key}, text, std::string{which.flag}});
    };
    auto* option = app.add_option_function<std::string>(std::string{which.flag}, take, std::string{which.help});
    option->take_last();  // as in a shell's alias: the later one is meant
    option->type_name(name_of_value(which))->default_str(to_text(which.read(settings{})));
  }

  void add(verb& one) {
    auto* at = &root_;
    std::string_view left = one.name();
    while (!left.empty()) {
      const auto space = left.find(' ');
      const std::string word{left.substr(0, space)};
      left.remove_prefix(space == std::string_view::npos ? left.size() : space + 1);
      auto* next = subcommand_of(*at, word);
      if (next == nullptr) next = at->add_subcommand(word);
      next->fallthrough();
      at = next;
    }
    at->description(std::string{one.summary()});
    if (one.hidden()) at->group("");
    at->footer(std::string{footer_of_verbs});
    option_list options;
    one.declare(options);
    for (const auto& entry : options.entries()) bind(*at, entry);
    for (const auto& setting : all_settings())
      if (takes(one.flags(), setting.flag_of)) add_setting(*at, setting);
    verbs_[at] = &one;
  }

  static CLI::App* subcommand_of(CLI::App& app, const std::string& word) {
    for (auto* next : app.get_subcommands(nullptr))
      if (next->get_name() == word) return next;
    return nullptr;
  }

  /// Returns `dunlin task wait`.
  std::string path_of_deepest() {
    auto* at = &root_;
    auto out = at->get_name();
    while (!at->get_subcommands().empty()) {
      at = at->get_subcommands().front();
      out += " " + at->get_name();
    }
    return out;
  }

  /// A group has no summary of its own: it says which verbs it has.
  static void describe_group(CLI::App& app) {
    if (!app.get_subcommands(nullptr).empty()) app.description(joined(words_in(app)));
  }

  static std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) (out += out.empty() ? "" : ", ") += word;
    return out;
  }

  CLI::App& deepest() {
    auto* at = &root_;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
    return *at;
  }

  static std::vector<std::string> words_in(CLI::App& app) {
    std::vector<std::string> out;
    for (const auto* next : app.get_subcommands(nullptr))
      if (!next->get_group().empty()) out.push_back(next->get_name());
    return out;
  }

  static std::string suggestion_in(CLI::App& app, const std::string& word) {
    const auto words = words_in(app);
    const std::vector<std::string_view> views{words.begin(), words.end()};
    return json::suggestion(word, views);
  }

  error refusal(const CLI::ParseError& wrong) {
    auto& at = deepest();
    const auto left = root_.remaining(true);
    const auto word = left.empty() ? std::string{} : left.front();
    if (!word.empty() && word.front() != '-' && !at.get_subcommands(nullptr).empty())
      return error{errc::unknown_verb, "there is no verb '" + word + "'", suggestion_in(at, word)};
    const auto see = "see `" + path_of_deepest() + " --help`";
    if (!word.empty())
      return error{errc::unknown_field, "'" + word + "' is not expected here", option_hint(at, word, see)};
    return error{code_of(wrong), wrong.what(), see};
  }

  /// The option most like `word`, of the verb and of all verbs.
  std::string option_hint(const CLI::App& at, const std::string& word, const std::string& see) {
    std::vector<std::string> names;
    for (const auto* app : {&at, const_cast<const CLI::App*>(&root_)})
      for (const auto* option : app->get_options())
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    const std::vector<std::string_view> views{names.begin(), names.end()};
    const auto near = json::nearest(word, views);
    return near.empty() ? see : "did you mean '" + std::string{near} + "'?";
  }

  static errc code_of(const CLI::ParseError& wrong) {
    if (dynamic_cast<const CLI::RequiredError*>(&wrong) != nullptr) return errc::missing_field;
    if (dynamic_cast<const CLI::ConversionError*>(&wrong) != nullptr) return errc::wrong_type;
    return errc::invalid_argument;
  }

  CLI::App root_{"A swarm of agents that share devices by contract.", "dunlin"};
  std::map<const CLI::App*, verb*> verbs_;
  parsed_line out_;
};

}  // namespace

result<parsed_line> parse_line(const std::vector<std::string>& arguments, const verb_set& verbs) {
  return line_parser{verbs}.parse(arguments);
}

}  // namespace dunlin::cli
