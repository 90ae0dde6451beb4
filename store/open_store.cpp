// SPDX-License-Identifier: Apache-2.0
#include "store/open_store.hpp"

#include "store/memory_store.hpp"
#include "store/sqlite_store.hpp"

namespace dunlin {

result<std::shared_ptr<store_port>> open_store(const store_config& config) {
  if (config.kind == "memory") return std::make_shared<memory_store>();
  if (config.kind == "sqlite") {
    auto opened = sqlite_store::open({.path = config.path});
    if (!opened) return fail(std::move(opened.error()));
    return std::shared_ptr<store_port>{std::move(*opened)};
  }
  return fail(errc::invalid_argument, "there is no store '" + config.kind + "'", "use sqlite or memory", "store.kind");
}

}  // namespace dunlin
