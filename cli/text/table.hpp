// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace dunlin::cli {

/// Columns of text for a reader: as wide as their content, two spaces apart.
class table {
 public:
  /// A heading that ends in `>` is a column of numbers, aligned to the right (the `>` is not shown).
  explicit table(std::vector<std::string> headings);

  /// Missing cells are empty; control characters are shown as `?`, so that no cell breaks the table or the terminal.
  void add(std::vector<std::string> cells);

  /// Returns the headings and rows, each line ended.
  [[nodiscard]] std::string render() const;

 private:
  std::vector<std::string> headings_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

/// Returns how many columns `text` takes on a terminal, one for each code point.
[[nodiscard]] std::size_t columns_of(const std::string& text) noexcept;

}  // namespace dunlin::cli
