// SPDX-License-Identifier: Apache-2.0
#include "cli/text/table.hpp"

#include <algorithm>

#include "cli/text/printable.hpp"

namespace dunlin::cli {

namespace {

void put_row(std::string& out, const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
             const std::vector<bool>& right) {
  std::string line;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const auto cell = i < cells.size() ? cells[i] : std::string{};
    const std::string pad(widths[i] - columns_of(cell), ' ');
    if (i > 0) line += "  ";
    line += right[i] ? pad + cell : cell + pad;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + '\n';
}

}  // namespace

std::size_t columns_of(const std::string& text) noexcept {
  // Every byte but the continuation bytes of UTF-8 begins a code point.
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

table::table(std::vector<std::string> headings) : headings_(std::move(headings)) {
  for (auto& heading : headings_) {
    right_.push_back(heading.ends_with('>'));
    if (right_.back()) heading.pop_back();
  }
}

void table::add(std::vector<std::string> cells) {
  cells.resize(headings_.size());
  for (auto& cell : cells) cell = printable(std::move(cell));
  rows_.push_back(std::move(cells));
}

std::string table::render() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < headings_.size(); ++i) {
    widths.push_back(columns_of(headings_[i]));
    for (const auto& row : rows_) widths[i] = std::max(widths[i], columns_of(row[i]));
  }
  std::string out;
  put_row(out, headings_, widths, right_);
  for (const auto& row : rows_) put_row(out, row, widths, right_);
  return out;
}

}  // namespace dunlin::cli
