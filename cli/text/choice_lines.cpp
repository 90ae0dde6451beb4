// SPDX-License-Identifier: Apache-2.0
#include "cli/text/choice_lines.hpp"

namespace dunlin::cli {

std::vector<std::string> choice_lines(const device_view& device) {
  const auto& choice = device.sharing.choice;
  if (!choice.automatic) return {};
  std::vector<std::string> out{device.node + "/" + std::to_string(device.device.id.value) +
                               " is in automatic mode: " + choice.summary + "."};
  if (!choice.change.empty()) out.push_back("    It changes when " + choice.change + ".");
  return out;
}

}  // namespace dunlin::cli
