// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dunlin::flight::retrieval {

/// Returns the words of `text` in order: runs of letters, digits and bytes beyond ASCII, in lower case.
std::vector<std::string> words_of(std::string_view text);

/// Whether `word` is too common in English to tell passages apart.
bool is_stop_word(std::string_view word);

/// Returns the distinct words of `text` that are no stop words, sorted.
std::vector<std::string> terms_of(std::string_view text);

}  // namespace dunlin::flight::retrieval
