// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/questions.hpp"

#include <algorithm>

#include "examples/flight/retrieval/tokens.hpp"

namespace dunlin::flight {

const std::vector<flight_question>& flight_questions() {
  static const std::vector<flight_question> questions{
      {"if You institute patent litigation, patent licenses granted to You under this License terminate",
       "any patent licenses granted to You under this License for that Work shall terminate"},
      {"permission to use trade names, trademarks, service marks or product names of the Licensor",
       "does not grant permission to use the trade names"},
      {"Standard Version of the Package distributed by the Copyright Holder", "Standard Version"},
      {"redistributions in binary form must reproduce the copyright notice in the documentation",
       "Redistributions in binary form must reproduce the above copyright notice"},
      {"the Affirmer waives all Copyright and Related Rights", "irrevocably and unconditionally waives"},
      {"Front-Cover Texts and Back-Cover Texts of a Modified Version", "Front-Cover Texts"},
      {"Invariant Sections are certain Secondary Sections whose titles are designated", "Invariant Sections"},
      {"Massive Multiauthor Collaboration Site", "Massive Multiauthor Collaboration"},
      {"Anti-Circumvention Law: effective technological measure under the WIPO copyright treaty",
       "WIPO copyright treaty"},
      {"Installation Information for a User Product", "Installation Information"},
      {"a work that uses the Library, linking and object code", "work that uses the Library"},
      {"Combined Work, Linked Version, Minimal Corresponding Source", "Minimal Corresponding Source"},
      {"notice: Incompatible With Secondary Licenses", "Incompatible With Secondary Licenses"},
      {"Initial Developer and Contributor, Original Code and Modifications", "Initial Developer"},
      {"display an announcement: no warranty, when the program is started interactively",
       "when started running for such interactive use"},
      {"who made the handwritten digits, and what is their licence", "Optical Recognition of Handwritten Digits"},
      {"how many handwritten digits and pixels does the data set hold", "8 x 8 pixels"},
      {"amplitude amplification of Grover's search: success probability in closed form", "closed form of Boyer"},
      {"energy of the Ising chain beside exact diagonalisation", "transverse-field Ising chain"},
      {"shortest ways through mazes: do breadth-first search and A* agree on the length", "the same shortest length"},
      {"what does a flight do when a node process is killed", "started again under its old name"},
  };
  return questions;
}

bool says(std::string_view text, std::string_view answer) {
  const auto words = retrieval::words_of(text);
  const auto wanted = retrieval::words_of(answer);
  return std::search(words.begin(), words.end(), wanted.begin(), wanted.end()) != words.end() || wanted.empty();
}

}  // namespace dunlin::flight
