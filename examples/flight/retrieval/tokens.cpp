// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/tokens.hpp"

#include <algorithm>
#include <array>

namespace dunlin::flight::retrieval {
namespace {

constexpr std::array<std::string_view, 56> stop_words{
    "a",     "about", "all",  "also", "an",   "and", "any",  "are",  "as",    "at",    "be",   "been", "but",   "by",
    "can",   "do",    "does", "for",  "from", "had", "has",  "have", "how",   "if",    "in",   "into", "is",    "it",
    "its",   "may",   "must", "no",   "not",  "of",  "on",   "one",  "or",    "other", "that", "the",  "their", "then",
    "there", "these", "they", "this", "to",   "was", "what", "when", "which", "who",   "will", "with", "you",   "your"};
static_assert(std::ranges::is_sorted(stop_words));

bool is_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : text) {
    if (is_of_word(c)) {
      if (!inside) words.emplace_back();
      words.back().push_back(lower(c));
    }
    inside = is_of_word(c);
  }
  return words;
}

bool is_stop_word(std::string_view word) { return std::ranges::binary_search(stop_words, word); }

std::vector<std::string> terms_of(std::string_view text) {
  std::vector<std::string> terms = words_of(text);
  std::erase_if(terms, is_stop_word);
  std::ranges::sort(terms);
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

}  // namespace dunlin::flight::retrieval
