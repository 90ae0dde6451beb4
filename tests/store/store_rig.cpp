// SPDX-License-Identifier: Apache-2.0
#include "tests/store/store_rig.hpp"

#include <chrono>
#include <future>
#include <stdexcept>

#include "store/memory_store.hpp"
#include "store/sqlite_store.hpp"

namespace dunlin::testing {

namespace {

constexpr auto patience = std::chrono::seconds{30};

class memory_rig final : public store_rig {
 public:
  store_port& port() override { return store_; }

 private:
  memory_store store_;
};

class sqlite_rig final : public store_rig {
 public:
  sqlite_rig() {
    auto opened = sqlite_store::open({.path = directory_.path() + "/tasks.db"});
    if (!opened) throw std::runtime_error(to_string(opened.error()));
    store_ = std::move(*opened);
  }
  store_port& port() override { return *store_; }

 private:
  scratch_directory directory_;
  std::unique_ptr<sqlite_store> store_;
};

template <class Rig>
std::unique_ptr<store_rig> make() {
  return std::make_unique<Rig>();
}

}  // namespace

const std::vector<store_kind>& store_kinds() {
  static const std::vector<store_kind> kinds{{"Memory", make<memory_rig>}, {"Sqlite", make<sqlite_rig>}};
  return kinds;
}

result<void> commit(store_port& store, transaction writes) {
  auto promised = std::make_shared<std::promise<result<void>>>();
  auto answer = promised->get_future();
  store.commit(std::move(writes), [promised](result<void> outcome) { promised->set_value(std::move(outcome)); });
  if (answer.wait_for(patience) != std::future_status::ready) return fail(errc::timeout, "no answer to a commit");
  return answer.get();
}

result<std::vector<task_record>> all_of(store_port& store) {
  std::vector<task_record> out;
  auto visited = store.visit_all([&](task_record&& record) { out.push_back(std::move(record)); });
  if (!visited) return fail(std::move(visited.error()));
  return out;
}

}  // namespace dunlin::testing
