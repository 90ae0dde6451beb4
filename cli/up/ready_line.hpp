// SPDX-License-Identifier: Apache-2.0
// What `node start` says on its output once the node works; `up` reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dunlin::cli {

struct ready_line {
  std::string node;
  std::uint64_t pid = 0;
  std::uint16_t link_port = 0;
  std::string url;         ///< empty in a process that does not lead
  std::string token_file;  ///< empty in a process that does not lead
  std::string no_gpu;      ///< why there is no GPU
};

[[nodiscard]] std::string to_json(const ready_line& line);

/// Returns nothing if the text is something else.
[[nodiscard]] std::optional<ready_line> parse_ready_line(std::string_view text);

}  // namespace dunlin::cli
