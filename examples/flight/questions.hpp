// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace dunlin::flight {

/// A question to the documents, and how to tell a passage that answers it. What counts is what the passage says, not
/// where it stands: documents may be added, moved or quoted elsewhere.
struct flight_question {
  const char* text;
  const char* answer;  ///< words that stand in the passage, one after the other
};

/// Returns the questions of the flight.
const std::vector<flight_question>& flight_questions();

/// True if the words of `answer` stand in `text` in this order, with nothing but blanks and signs between them.
bool says(std::string_view text, std::string_view answer);

}  // namespace dunlin::flight
