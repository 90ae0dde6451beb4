// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/corpus.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace dunlin::flight::retrieval {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_document_bytes = 16u << 20;

bool is_document(const fs::directory_entry& entry, const std::string& extension) {
  std::error_code ignored;
  return entry.is_regular_file(ignored) && !entry.is_symlink(ignored) &&
         (extension.empty() || entry.path().extension() == extension);
}

/// Returns the length of the UTF-8 character at the start of `text`, or 0 if there is none.
std::size_t character_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  if (length < 3) return length;
  // Overlong forms, surrogates and what lies beyond the last plane show in the second byte.
  const auto second = static_cast<unsigned char>(text[1]);
  const bool wrong = (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
                     (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f);
  return wrong ? 0 : length;
}

void replace_what_is_no_utf8(std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(std::string_view{text}.substr(at));
    if (length == 0) text[at] = '?';
    at += std::max<std::size_t>(length, 1);
  }
}

}  // namespace

result<std::vector<std::string>> list_documents(const source& from) {
  std::error_code failed;
  fs::recursive_directory_iterator at{from.directory, failed};
  if (failed) return fail(errc::not_found, from.directory + ": " + failed.message());
  std::vector<std::string> out;
  for (; at != fs::recursive_directory_iterator{}; at.increment(failed)) {
    if (!from.below || at->path().filename().string().starts_with('.')) at.disable_recursion_pending();
    if (is_document(*at, from.extension)) out.push_back(at->path().string());
  }
  if (failed) return fail(errc::io_failed, from.directory + ": " + failed.message());
  std::ranges::sort(out);
  return out;
}

result<std::string> read_document(const std::string& path) {
  std::error_code failed;
  const std::uintmax_t size = fs::file_size(path, failed);
  std::ifstream file{path, std::ios::binary};
  if (failed || !file) return fail(errc::not_found, "cannot read " + path);
  if (size > largest_document_bytes) return fail(errc::too_large, path + " has " + std::to_string(size) + " bytes");
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  replace_what_is_no_utf8(text);
  return text;
}

result<std::vector<passage>> read_corpus(const std::vector<source>& sources) {
  std::vector<passage> out;
  for (const source& from : sources) {
    const auto documents = list_documents(from);
    if (!documents) return fail(documents.error());
    for (const std::string& document : *documents) {
      const auto text = read_document(document);
      if (!text) return fail(text.error());
      std::ranges::move(cut_passages(document, *text), std::back_inserter(out));
    }
  }
  return out;
}

}  // namespace dunlin::flight::retrieval
