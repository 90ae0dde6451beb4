// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/agents/step_files.hpp"

#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "coordination/tasks/content_hash.hpp"

namespace dunlin::flight {

namespace {

constexpr std::uintmax_t largest_file = 64U << 20;

/// What a file starts with: the hash of the rest.
constexpr std::size_t seal_bytes = sizeof(std::uint64_t);

std::uint64_t seal_of(bytes_view content) {
  content_hash hash;
  hash.add(content);
  return hash.value();
}

void put(std::ofstream& out, const void* from, std::size_t count) {
  out.write(static_cast<const char*>(from), static_cast<std::streamsize>(count));
}

/// Reads a whole file. Errors: not_found, too_large, io_failed.
result<bytes> read_raw(const std::string& path) {
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

}  // namespace

result<void> write_whole(const std::string& path, bytes_view content) {
  static std::atomic<unsigned> drafts{0};
  const auto draft = path + "." + std::to_string(::getpid()) + "." + std::to_string(drafts++);
  const auto seal = seal_of(content);
  std::ofstream out{draft, std::ios::binary};
  put(out, &seal, seal_bytes);
  put(out, content.data(), content.size());
  out.close();
  std::error_code ec;
  if (out) std::filesystem::rename(draft, path, ec);
  if (out && !ec) return {};
  std::error_code ignored;
  std::filesystem::remove(draft, ignored);
  return fail(errc::io_failed, "cannot write '" + path + "'", "is there room in the directory of the run?");
}

result<bytes> read_whole(const std::string& path) {
  auto raw = read_raw(path);
  if (!raw) return raw;
  std::uint64_t seal = 0;
  if (raw->size() >= seal_bytes) std::memcpy(&seal, raw->data(), seal_bytes);
  if (raw->size() < seal_bytes || seal_of(bytes_view{*raw}.subspan(seal_bytes)) != seal)
    return fail(errc::corrupt, "'" + path + "' is not what was written", "run the step that wrote it again");
  raw->erase(raw->begin(), raw->begin() + seal_bytes);
  return raw;
}

}  // namespace dunlin::flight
