// SPDX-License-Identifier: Apache-2.0
#include "cli/text/read_file.hpp"

#include <array>
#include <filesystem>
#include <fstream>

namespace dunlin::cli {

// A stream's iterators throw when a read fails, `read` does not.
result<std::string> read_all(std::istream& in, const std::string& name, std::size_t most) {
  std::string text;
  std::array<char, 65'536> piece{};
  while (in) {
    in.read(piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > most)
      return fail(errc::too_large, "'" + name + "' has more than " + std::to_string(most) + " bytes",
                  "split it into smaller ones");
  }
  if (in.bad()) return fail(errc::io_failed, "'" + name + "' cannot be read to its end");
  return text;
}

result<std::string> read_file(const std::string& path, std::size_t most) {
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown))
    return fail(errc::invalid_argument, "'" + path + "' is a directory", "name a file");
  std::ifstream in{path, std::ios::binary};
  if (!in)
    return fail(errc::not_found, "there is no file '" + path + "' that can be read", "check its name and its rights");
  return read_all(in, path, most);
}

}  // namespace dunlin::cli
