// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>
#include <string_view>

#include <dunlin/coordination/version.hpp>

int main(int argc, char** argv) {
  const std::string_view expected = argc > 1 ? argv[1] : "";
  std::printf("linked against dunlin %s\n", std::string(dunlin::version()).c_str());
  return dunlin::version() == expected ? 0 : 1;
}
