// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/summary.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "examples/flight/retrieval/tokens.hpp"

namespace dunlin::flight::retrieval {
namespace {

using terms = std::vector<std::string>;

std::string collapse(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || (c >= '\t' && c <= '\r');
    if (!blank)
      out.push_back(c);
    else if (!out.empty() && out.back() != ' ')
      out.push_back(' ');
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// A sentence that may be quoted.
struct candidate {
  quote text;
  terms words;
  double relevance = 0;
};

std::size_t common(const terms& a, const terms& b) {
  terms both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return both.size();
}

/// Returns the cosine of two sets of terms.
double likeness(const terms& a, const terms& b) {
  if (a.empty() || b.empty()) return 0;
  return static_cast<double>(common(a, b)) / std::sqrt(static_cast<double>(a.size() * b.size()));
}

std::vector<candidate> candidates_of(std::string_view query, std::span<const citation> from) {
  const terms wanted = terms_of(query);
  std::vector<candidate> out;
  for (std::size_t i = 0; i < from.size(); ++i)
    for (std::string& sentence : sentences_of(from[i].cited.text)) {
      terms words = terms_of(sentence);
      const double relevance = likeness(wanted, words);
      if (relevance > 0)
        out.push_back({{std::move(sentence), static_cast<std::uint32_t>(i)}, std::move(words), relevance});
    }
  return out;
}

/// What a candidate is worth beside the sentence it resembles most among those chosen.
double marginal_worth(const candidate& one, const std::vector<candidate>& chosen) {
  constexpr double weight_of_relevance = 0.5;
  double resembled = 0;
  for (const candidate& other : chosen) resembled = std::max(resembled, likeness(one.words, other.words));
  return weight_of_relevance * one.relevance - (1 - weight_of_relevance) * resembled;
}

}  // namespace

std::vector<std::string> sentences_of(std::string_view text) {
  std::vector<std::string> out;
  const std::string flat = collapse(text);
  std::size_t from = 0;
  for (std::size_t i = 0; i < flat.size(); ++i) {
    const bool stop = flat[i] == '.' || flat[i] == '!' || flat[i] == '?';
    if (i + 1 < flat.size() && !(stop && flat[i + 1] == ' ')) continue;
    out.push_back(flat.substr(from, i + 1 - from));
    from = i + 2;
  }
  return out;
}

summary synthesise(std::string_view query, std::span<const citation> verified, std::size_t most) {
  summary out{std::string{query}, {}, {verified.begin(), verified.end()}};
  std::vector<candidate> left = candidates_of(query, verified);
  std::vector<candidate> chosen;
  while (chosen.size() < most && !left.empty()) {
    const auto best =
        std::ranges::max_element(left, {}, [&chosen](const candidate& c) { return marginal_worth(c, chosen); });
    chosen.push_back(std::move(*best));
    left.erase(best);
    std::erase_if(left, [&chosen](const candidate& c) { return c.words == chosen.back().words; });
  }
  for (candidate& one : chosen) out.quotes.push_back(std::move(one.text));
  return out;
}

bool is_faithful(const summary& of) {
  return !of.quotes.empty() && std::ranges::all_of(of.quotes, [&of](const quote& q) {
    if (q.citation >= of.citations.size() || q.sentence.empty()) return false;
    return collapse(of.citations[q.citation].cited.text).find(q.sentence) != std::string::npos;
  });
}

std::string to_text(const summary& of) {
  std::vector<std::uint32_t> quoted;  // in the order of their numbers
  std::string out;
  for (const quote& q : of.quotes) {
    const auto at = std::ranges::find(quoted, q.citation);
    const auto number = std::to_string(at - quoted.begin() + 1);
    if (at == quoted.end()) quoted.push_back(q.citation);
    out += q.sentence + " [" + number + "]\n";
  }
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    const passage& cited = of.citations.at(quoted[i]).cited;
    out += "[" + std::to_string(i + 1) + "] " + cited.document + ", byte " + std::to_string(cited.offset) + "\n";
  }
  return out;
}

}  // namespace dunlin::flight::retrieval
