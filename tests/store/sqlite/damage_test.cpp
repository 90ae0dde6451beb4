// SPDX-License-Identifier: Apache-2.0
// Bits that flip in the file are found, when it is opened or when they are read: never a wrong task.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <fstream>
#include <iterator>
#include <random>

#include "store/sqlite_store.hpp"
#include "tests/store/sqlite/fault_disk.hpp"
#include "tests/store/store_rig.hpp"
#include "tests/store/task_samples.hpp"

namespace dunlin::testing {
namespace {

constexpr std::uint64_t tasks = 60;

class StoreDamage : public ::testing::Test {
 protected:
  void SetUp() override {
    {
      auto store = sqlite_store::open({.path = path}).value();
      transaction all;
      for (std::uint64_t i = 1; i <= tasks; ++i) {
        auto record = task(i);
        record.spec.payload.assign(i % 4 == 0 ? 5'000 : 500, static_cast<std::byte>(i));  // in the row and apart
        record.dependencies = {id_of(i + 1)};
        record.progress.message = "half";
        record.checkpoint = to_bytes("step 7");
        all.writes.push_back(insert(std::move(record)));
        all.writes.emplace_back(success(i, 5'000, std::string(100, 'r')));
      }
      ASSERT_EQ(code_of(commit(*store, std::move(all))), errc::none);
      whole = all_of(*store).value();
    }
    std::ifstream in{path, std::ios::binary};
    sound.assign(std::istreambuf_iterator<char>{in}, {});
  }

  /// What becomes of the store if its file is `content`: `none` if all is read as it was stored.
  errc fate_of(const std::string& content) const {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << content;
    auto store = sqlite_store::open({.path = path});
    if (!store) return store.error().code;
    const auto read = all_of(**store);
    if (!read) return read.error().code;
    for (const auto& record : *read)
      if (const auto events = (*store)->events(record.id, 0, 10); !events) return events.error().code;
    return *read == whole ? errc::none : errc::internal;
  }

  fault_disk disk;  // without faults: its syncs cost nothing
  scratch_directory directory;
  std::string path = directory.path() + "/tasks.db";
  std::vector<task_record> whole;
  std::string sound;
};

TEST_F(StoreDamage, SoundFileIsRead) { EXPECT_EQ(fate_of(sound), errc::none); }

TEST_F(StoreDamage, FlippedBitIsFoundOrHarmless) {
  std::mt19937 random{7};
  int found = 0;
  for (int round = 0; round < 100; ++round) {
    auto flipped = sound;
    const auto at = random() % flipped.size();
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));

    const auto fate = fate_of(flipped);

    ASSERT_THAT(fate, ::testing::AnyOf(errc::none, errc::corrupt, errc::version_mismatch)) << "byte " << at;
    found += fate == errc::corrupt ? 1 : 0;
  }
  EXPECT_GT(found, 30);
}

TEST_F(StoreDamage, FlippedBitOfAPayloadIsCorrupt) {
  const auto at = sound.find(std::string(400, '\x21'));
  ASSERT_NE(at, std::string::npos);
  sound[at + 200] = '\x20';

  EXPECT_EQ(fate_of(sound), errc::corrupt);
}

TEST_F(StoreDamage, AnotherTimeOfSubmissionIsCorrupt) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, "UPDATE tasks SET submitted = submitted + 1; PRAGMA wal_checkpoint(TRUNCATE)",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(database);
  std::ifstream in{path, std::ios::binary};
  const std::string changed{std::istreambuf_iterator<char>{in}, {}};

  EXPECT_EQ(fate_of(changed), errc::corrupt);
}

TEST_F(StoreDamage, FlippedBitOfALargePayloadIsCorrupt) {
  const auto at = sound.find(std::string(3'000, '\x20'));
  ASSERT_NE(at, std::string::npos);
  sound[at + 2'000] = '\x21';

  EXPECT_EQ(fate_of(sound), errc::corrupt);
}

TEST_F(StoreDamage, PayloadUnderAnotherTaskIsCorrupt) {
  const auto one = sound.find(std::string(500, '\x21'));
  const auto other = sound.find(std::string(500, '\x22'));
  ASSERT_NE(one, std::string::npos);
  ASSERT_NE(other, std::string::npos);
  sound.replace(one, 500, std::string(500, '\x22'));

  EXPECT_EQ(fate_of(sound), errc::corrupt);
}

}  // namespace
}  // namespace dunlin::testing
