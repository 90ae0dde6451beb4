// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "examples/flight/retrieval/citation.hpp"

namespace dunlin::flight::retrieval {

/// A sentence taken from a cited passage.
struct quote {
  std::string sentence;        ///< white space collapsed to single blanks
  std::uint32_t citation = 0;  ///< index into the citations
  static auto fields(auto& q) { return std::tie(q.sentence, q.citation); }
};

/// An answer made of quotes, with the citations they come from.
struct summary {
  std::string query;
  std::vector<quote> quotes;
  std::vector<citation> citations;
  static auto fields(auto& s) { return std::tie(s.query, s.quotes, s.citations); }
};

/// Returns the sentences of `text`, white space collapsed.
std::vector<std::string> sentences_of(std::string_view text);

/// Chooses up to `most` sentences that hold the query's terms, each the one that adds most beyond those
/// chosen before, none with the same words as another; the citations must have been verified. Source: Carbonell,
/// Goldstein, "The use of MMR, diversity-based reranking for reordering documents and producing summaries".
summary synthesise(std::string_view query, std::span<const citation> verified, std::size_t most);

/// Whether there is a quote, and every quote stands in the passage that it cites.
bool is_faithful(const summary& of);

/// Returns the summary as text: the quotes with numbers of their sources, then the list of these.
std::string to_text(const summary& of);

}  // namespace dunlin::flight::retrieval
