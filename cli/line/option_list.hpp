// SPDX-License-Identifier: Apache-2.0
// The options of a verb as plain data; `parse_line` knows how the command line is read.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace dunlin::cli {

class option_list {
 public:
  /// Where a value goes. It stays as it was if the option is not given.
  using target = std::variant<bool*, std::string*, std::vector<std::string>*, std::int64_t*, std::uint32_t*, double*>;

  struct entry {
    std::string names;  ///< `-n,--nodes`; a positional has no dash
    target into;
    std::string help;
    bool required = false;
  };

  /// `names` such as `-n,--nodes`. A bool is a switch without a value; a list may be given several times.
  void option(std::string names, target into, std::string help) {
    entries_.push_back({std::move(names), into, std::move(help), false});
  }

  /// A value by its place; a list takes all that are left.
  void positional(std::string name, target into, std::string help, bool required = true) {
    entries_.push_back({std::move(name), into, std::move(help), required});
  }

  [[nodiscard]] const std::vector<entry>& entries() const noexcept { return entries_; }

 private:
  std::vector<entry> entries_;
};

}  // namespace dunlin::cli
