// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/allocation_trace.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <optional>
#include <unordered_map>

namespace dunlin {

namespace {

constexpr std::size_t field_count = 6;
using line_fields = std::array<std::string_view, field_count>;

std::optional<line_fields> split(std::string_view line) {
  line_fields out;
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto comma = line.find(',');
    if ((comma == std::string_view::npos) != (i + 1 == field_count)) return std::nullopt;
    out[i] = line.substr(0, comma);
    line.remove_prefix(std::min(line.size(), out[i].size() + 1));
  }
  return out;
}

template <class Number>
bool read(std::string_view text, Number& out) {
  const auto [end, why] = std::from_chars(text.data(), text.data() + text.size(), out);
  return why == std::errc{} && end == text.data() + text.size();
}

std::optional<allocation_event> event_of(std::string_view line) {
  const auto fields = split(line);
  if (!fields) return std::nullopt;
  allocation_event out;
  const auto& op = (*fields)[2];
  if (op != "alloc" && op != "free") return std::nullopt;
  out.is_free = op == "free";
  const bool reads = read((*fields)[0], out.time_ns) && read((*fields)[1], out.stream) && read((*fields)[3], out.id) &&
                     read((*fields)[4], out.bytes) && read((*fields)[5], out.alignment);
  return reads ? std::optional{out} : std::nullopt;
}

/// What is in use at a line of the trace.
class live_blocks {
 public:
  result<void> take(const allocation_event& event) {
    if (!std::has_single_bit(event.alignment))
      return fail(errc::invalid_argument, "an alignment of " + std::to_string(event.alignment) + " is no power of two");
    const auto known = bytes_.find(event.id);
    const auto name = "block " + std::to_string(event.id);
    if (!event.is_free) {
      if (known != bytes_.end()) return fail(errc::conflict, name + " is in use");
      bytes_.emplace(event.id, event.bytes);
      return {};
    }
    if (known == bytes_.end()) return fail(errc::conflict, name + " is not in use");
    if (known->second != event.bytes)
      return fail(errc::conflict,
                  name + " has " + std::to_string(known->second) + " bytes, not " + std::to_string(event.bytes));
    bytes_.erase(known);
    return {};
  }

 private:
  std::unordered_map<std::uint64_t, std::uint64_t> bytes_;
};

}  // namespace

std::string to_csv_line(const allocation_event& event) {
  return std::to_string(event.time_ns) + ',' + std::to_string(event.stream) + (event.is_free ? ",free," : ",alloc,") +
         std::to_string(event.id) + ',' + std::to_string(event.bytes) + ',' + std::to_string(event.alignment);
}

result<std::vector<allocation_event>> parse_allocation_trace(std::string_view csv) {
  if (csv.empty()) return fail(errc::malformed, "an empty file is no allocation trace", {}, "line 1");
  std::vector<allocation_event> out;
  live_blocks live;
  for (std::size_t number = 1; !csv.empty(); ++number) {
    auto line = csv.substr(0, csv.find('\n'));
    csv.remove_prefix(std::min(csv.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto path = "line " + std::to_string(number);
    if (number == 1) {
      if (line != allocation_trace_header)
        return fail(errc::malformed, "an allocation trace begins with " + std::string{allocation_trace_header}, {},
                    path);
      continue;
    }
    if (line.empty()) continue;
    const auto event = event_of(line);
    if (!event) return fail(errc::malformed, "not six fields as the header says: " + std::string{line}, {}, path);
    if (auto fits = live.take(*event); !fits) {
      fits.error().path = path;
      return fail(std::move(fits.error()));
    }
    out.push_back(*event);
  }
  return out;
}

std::uint64_t peak_live_bytes(const std::vector<allocation_event>& trace) noexcept {
  std::uint64_t live = 0;
  std::uint64_t peak = 0;
  for (const auto& event : trace) {
    live = event.is_free ? live - event.bytes : live + event.bytes;
    peak = std::max(peak, live);
  }
  return peak;
}

}  // namespace dunlin
