// SPDX-License-Identifier: Apache-2.0
#include "cli/text/in_words.hpp"

#include <fmt/format.h>

#include <array>
#include <ctime>

namespace dunlin::cli {

std::string fixed(double value, int decimals) { return fmt::format("{:.{}f}", value, decimals); }

std::string bytes_in_words(std::uint64_t count) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  auto value = static_cast<double>(count);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
  return fixed(value, unit == 0 || value >= 100 ? 0 : 1) + " " + units[unit];
}

std::string duration_in_words(std::uint64_t ns) {
  const auto value = static_cast<double>(ns);
  if (ns < 1'000'000) return fixed(value / 1e3, 0) + " us";
  if (ns < 1'000'000'000) return fixed(value / 1e6, 1) + " ms";
  if (ns < 120'000'000'000) return fixed(value / 1e9, 1) + " s";
  const auto seconds = ns / 1'000'000'000;
  return fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

std::string time_in_words(wall_ms at) {
  if (at == 0) return "-";
  const auto seconds = static_cast<std::time_t>(at / 1'000);
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr) return "-";
  std::array<char, 32> out{};
  std::strftime(out.data(), out.size(), "%Y-%m-%d %H:%M:%SZ", &parts);
  return out.data();
}

std::string moment_in_words(wall_ms at) {
  auto out = time_in_words(at);
  if (at != 0 && out != "-") out.insert(out.size() - 1, fmt::format(".{:03}", at % 1'000));
  return out;
}

}  // namespace dunlin::cli
