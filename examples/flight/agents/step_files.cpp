// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/agents/step_files.hpp"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>

namespace dunlin::flight {

namespace {

constexpr std::uintmax_t largest_file = 64U << 20;

}  // namespace

result<void> write_whole(const std::string& path, bytes_view content) {
  static std::atomic<unsigned> drafts{0};
  const auto draft = path + "." + std::to_string(::getpid()) + "." + std::to_string(drafts++);
  std::ofstream out{draft, std::ios::binary};
  out.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  out.close();
  std::error_code ec;
  if (out) std::filesystem::rename(draft, path, ec);
  if (out && !ec) return {};
  std::error_code ignored;
  std::filesystem::remove(draft, ignored);
  return fail(errc::io_failed, "cannot write '" + path + "'", "is there room in the directory of the run?");
}

result<bytes> read_whole(const std::string& path) {
  std::error_code ec;
  const auto size = std::filesystem::file_size(path, ec);
  if (ec) return fail(errc::not_found, "no file '" + path + "': " + ec.message());
  if (size > largest_file) return fail(errc::too_large, "'" + path + "' has " + std::to_string(size) + " bytes");
  bytes content(size);
  std::ifstream in{path, std::ios::binary};
  in.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(size));
  if (!in) return fail(errc::io_failed, "cannot read '" + path + "'");
  return content;
}

}  // namespace dunlin::flight
