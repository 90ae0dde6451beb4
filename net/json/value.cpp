// SPDX-License-Identifier: Apache-2.0
// The only file that sees the JSON library: it tells of tokens, this keeps them within the limits.
#include "net/json/value.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace dunlin::json {

namespace {

/// Returns the key that stands twice in `members`, or nullptr.
const std::string* find_duplicate(const object& members) {
  std::vector<const std::string*> keys;
  keys.reserve(members.size());
  for (const auto& each : members) keys.push_back(&each.key);
  std::ranges::sort(keys, {}, [](const std::string* key) -> std::string_view { return *key; });
  const auto twice = std::ranges::adjacent_find(keys, [](auto* a, auto* b) { return *a == *b; });
  return twice == keys.end() ? nullptr : *twice;
}

/// Takes the token events of the library and builds the tree. The pointers in `open_` stay valid: a container grows
/// only while it is the innermost open one.
class tree_builder {
 public:
  explicit tree_builder(std::size_t depth) : depth_(depth) {}

  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  bool null() { return put({}); }
  bool boolean(bool given) { return put({given}); }
  bool number_integer(number_integer_t given) { return put({std::int64_t{given}}); }
  bool number_unsigned(number_unsigned_t given) { return put({std::uint64_t{given}}); }
  bool number_float(number_float_t given, const string_t&) { return put({double{given}}); }
  bool string(string_t& given) { return put({std::move(given)}); }
  bool binary(binary_t&) { return refuse(error{errc::malformed, "JSON has no binary values"}); }
  bool start_object(std::size_t) { return open(object{}); }
  bool start_array(std::size_t) { return open(array{}); }

  bool key(string_t& given) {
    std::get<object>(open_.back()->data).push_back({std::move(given), {}});
    return true;
  }

  bool end_object() {
    if (const auto* twice = find_duplicate(std::get<object>(open_.back()->data)))
      return refuse(error{errc::malformed, "the key '" + twice->substr(0, 64) + "' stands twice in one object",
                          "keep one of them", where()});
    open_.pop_back();
    return true;
  }

  bool end_array() {
    open_.pop_back();
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& why) {
    std::string words = why.what();
    if (const auto tag = words.find("] "); tag != std::string::npos) words.erase(0, tag + 2);
    return refuse(error{errc::malformed, "not JSON, byte " + std::to_string(position) + ": " + words.substr(0, 200),
                        "the text must be one JSON document, without comments or trailing commas", where()});
  }

  result<value> take() && {
    if (failure_.code != errc::none) return fail(std::move(failure_));
    return std::move(root_);
  }

 private:
  value* place() {
    if (open_.empty()) return &root_;
    auto& parent = open_.back()->data;
    if (auto* list = std::get_if<array>(&parent)) return &list->emplace_back();
    return &std::get<object>(parent).back().content;
  }

  bool put(value given) {
    *place() = std::move(given);
    return true;
  }

  template <class Container>
  bool open(Container empty) {
    auto* here = place();
    here->data = std::move(empty);
    open_.push_back(here);
    if (open_.size() <= depth_) return true;
    return refuse(error{errc::too_large, "nested deeper than " + std::to_string(depth_) + " levels", {}, where()});
  }

  bool refuse(error why) {
    failure_ = std::move(why);
    return false;
  }

  /// The path of the innermost value, such as `tasks[3].retry`.
  [[nodiscard]] std::string where() const {
    std::string path;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      if (const auto* list = std::get_if<array>(&open_[i]->data)) {
        path += '[' + std::to_string(list->size() - 1) + ']';
      } else if (const auto& members = std::get<object>(open_[i]->data); !members.empty()) {
        if (!path.empty()) path += '.';
        path += members.back().key.substr(0, 64);
      }
    }
    return path.substr(0, 256);
  }

  std::size_t depth_;
  value root_;
  std::vector<value*> open_;
  error failure_{errc::none};
};

}  // namespace

result<value> parse(std::string_view text, parse_limits limits) {
  if (text.size() > limits.bytes)
    return fail(errc::too_large, "a JSON text of " + std::to_string(text.size()) + " bytes; the limit is " +
                                     std::to_string(limits.bytes));
  tree_builder builder{limits.depth};
  nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  return std::move(builder).take();
}

std::string_view type_name(const value& v) noexcept {
  static constexpr std::array<std::string_view, 8> names{
      "null", "true or false", "a whole number", "a whole number", "a number", "a string", "an array", "an object"};
  return names[v.data.index()];
}

}  // namespace dunlin::json
