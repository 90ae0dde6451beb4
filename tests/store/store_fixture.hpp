// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <string>

#include "tests/store/store_rig.hpp"
#include "tests/store/task_samples.hpp"

namespace dunlin::testing {

/// A fresh store of each kind for every test.
class every_store : public ::testing::TestWithParam<store_kind> {
 protected:
  store_port& store() { return rig_->port(); }
  errc commit_code(transaction all) { return code_of(commit(store(), std::move(all))); }
  task_record stored(std::uint64_t number) { return store().find(id_of(number)).value_or(task_record{}); }
  std::vector<std::uint64_t> numbers(const task_filter& filter) {
    std::vector<std::uint64_t> out;
    for (const auto& record : store().list(filter).value_or(std::vector<task_record>{})) out.push_back(record.id.high);
    return out;
  }

 private:
  std::unique_ptr<store_rig> rig_ = GetParam().make();
};

inline std::string name_of_kind(const ::testing::TestParamInfo<store_kind>& info) { return info.param.name; }

}  // namespace dunlin::testing
