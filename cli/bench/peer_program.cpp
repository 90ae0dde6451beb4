// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/peer_program.hpp"

#include <cstdio>
#include <filesystem>

namespace dunlin::bench {

result<double> run_peer(const std::string& program, const std::string& arguments, const std::string& settings) {
  const auto path = std::filesystem::path{DUNLIN_PEERS} / program;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return fail(errc::not_found, program + " was not built: its package was not there");
  auto* output = ::popen((settings + " '" + path.string() + "' " + arguments + " 2>/dev/null").c_str(), "r");
  double value = 0;
  const auto got = output == nullptr ? 0 : std::fscanf(output, "%lf", &value);
  if (output != nullptr) ::pclose(output);
  if (got != 1 || value <= 0) return fail(errc::internal, program + " printed no result");
  return value;
}

}  // namespace dunlin::bench
