// SPDX-License-Identifier: Apache-2.0
// Any text is refused with a cause, or read into specs that come back equal from what we write of them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/json/codec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dunlin;
  const auto specs = json::parse_task_specs({reinterpret_cast<const char*>(data), size});
  if (!specs) {
    if (specs.error().code == errc::none || specs.error().context.empty()) std::abort();
    return 0;
  }
  const auto again = json::parse_task_specs(json::to_json(*specs));
  if (!again || *again != *specs) std::abort();
  return 0;
}
