// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/citation.hpp"

#include <algorithm>
#include <iterator>

#include "examples/flight/retrieval/corpus.hpp"
#include "examples/flight/retrieval/tokens.hpp"

namespace dunlin::flight::retrieval {
namespace {

std::vector<std::string> common_terms(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::string> out;
  std::ranges::set_intersection(a, b, std::back_inserter(out));
  return out;
}

/// Returns what speaks against the claim, given the text that stands in the document; empty if nothing.
std::string objection(std::string_view query, const citation& claim, const std::vector<std::string>& missing,
                      double least_share) {
  if (!missing.empty()) return "the passage does not hold '" + missing.front() + "'";
  const auto wanted = terms_of(query);
  auto claimed = claim.terms;
  std::ranges::sort(claimed);
  const std::size_t covered = common_terms(wanted, claimed).size();
  if (covered == 0 || static_cast<double>(covered) < least_share * static_cast<double>(wanted.size()))
    return "it covers " + std::to_string(covered) + " of " + std::to_string(wanted.size()) + " terms";
  return {};
}

}  // namespace

citation cite(std::string_view query, const passage& found) {
  return {found, common_terms(terms_of(query), terms_of(found.text))};
}

result<verdict> verify(std::string_view query, const citation& claim, double least_share) {
  const auto document = read_document(claim.cited.document);
  if (!document) return fail(document.error());
  verdict out;
  const std::string_view whole = *document;
  const std::size_t at = std::min<std::size_t>(claim.cited.offset, whole.size());
  const std::string_view standing = whole.substr(at, claim.cited.text.size());
  if (standing != claim.cited.text || standing.empty()) {
    out.reason = "the document does not read so at byte " + std::to_string(claim.cited.offset);
    return out;
  }
  const auto held = words_of(standing);
  std::ranges::copy_if(claim.terms, std::back_inserter(out.missing),
                       [&held](const std::string& term) { return std::ranges::find(held, term) == held.end(); });
  out.reason = objection(query, claim, out.missing, least_share);
  out.holds = out.reason.empty();
  return out;
}

}  // namespace dunlin::flight::retrieval
