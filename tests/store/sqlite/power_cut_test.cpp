// SPDX-License-Identifier: Apache-2.0
// What a store has acknowledged survives a power cut at any write, because it was synced before.
#include <gtest/gtest.h>

#include <optional>

#include "store/sqlite_store.hpp"
#include "tests/store/sqlite/fault_disk.hpp"
#include "tests/store/sqlite/ledger.hpp"
#include "tests/store/store_rig.hpp"

namespace dunlin::testing {
namespace {

/// A disk at one moment, and what had been acknowledged by then.
struct moment {
  disk_image image;
  std::set<std::uint32_t> acknowledged;
};

/// Stores a ledger and remembers moments, about every twentieth access of the disk.
class watched_run {
 public:
  watched_run(std::uint32_t seed, bool disk_lies) : random_(seed) {
    disk_->lie_about_syncs(disk_lies);
    disk_->on_access = [this] {
      if (random_() % 20 == 0) moments_.push_back({disk_->image_after_power_cut(random_), acknowledged_});
    };
    sqlite_options options{.path = directory_.path() + "/tasks.db"};
    options.group = 16;
    options.checkpoint_pages = 20;
    store_ = std::move(sqlite_store::open(options)).value();
    for (std::uint32_t number = 0; number < 150; ++number) push(number);
    store_.reset();
    disk_.reset();  // what is opened later lies on a sound disk
  }

  [[nodiscard]] const std::vector<moment>& moments() const { return moments_; }
  [[nodiscard]] std::size_t acknowledged() const { return acknowledged_.size(); }

 private:
  void push(std::uint32_t number) {
    const auto take = [this, number](const result<void>& outcome) {
      if (outcome) acknowledged_.insert(number);
    };
    store_->commit(ledger_entry(number, 300), take);
    if (number % 8 == 0) static_cast<void>(commit(*store_, {}));
  }

  // The disk and the answers are the same thread's: the store's. So are these.
  std::mt19937 random_;
  std::vector<moment> moments_;
  std::set<std::uint32_t> acknowledged_;
  scratch_directory directory_;
  std::unique_ptr<fault_disk> disk_ = std::make_unique<fault_disk>();
  std::unique_ptr<sqlite_store> store_;
};

/// Opens what a power cut left. Returns what is wrong with it; empty = nothing.
std::string fault_after(const moment& cut) {
  const fault_disk sound;  // whose syncs cost nothing
  const scratch_directory directory;
  write_image(cut.image, directory.path());
  auto store = sqlite_store::open({.path = directory.path() + "/tasks.db"});
  if (!store) return to_string(store.error());
  return loss_in(read_ledger(**store), cut.acknowledged);
}

class PowerCut : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(PowerCut, LosesNothingAcknowledgedAndKeepsNoHalves) {
  const watched_run run{GetParam(), false};

  EXPECT_EQ(run.acknowledged(), 150U);
  ASSERT_GT(run.moments().size(), 10U);
  std::size_t index = 0;
  for (const auto& cut : run.moments()) ASSERT_EQ(fault_after(cut), "") << "moment " << index++;
}

TEST_P(PowerCut, ShowsOnADiskThatLiesAboutSyncs) {
  const watched_run run{GetParam(), true};

  std::size_t faults = 0;
  for (const auto& cut : run.moments()) faults += fault_after(cut).empty() ? 0 : 1;
  EXPECT_GT(faults, 0U) << "this test cannot see a loss";
}

INSTANTIATE_TEST_SUITE_P(Seeds, PowerCut, ::testing::Range(1U, 6U));

}  // namespace
}  // namespace dunlin::testing
