// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/state_dir.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/support/scratch_directory.hpp"

namespace dunlin {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 0777 : 0;
}

TEST(StateDir, IsMadeForItsOwnerOnly) {
  const scratch_directory directory;
  const auto path = directory.path() + "/a/b";
  const auto made = prepare_state_dir(path);
  ASSERT_TRUE(made) << to_string(made.error());
  EXPECT_EQ(mode_of(path), 0700U);
  EXPECT_TRUE(prepare_state_dir(path));
}

TEST(StateDir, OthersMayNotWriteInIt) {
  const scratch_directory directory;
  for (const mode_t mode : {0777U, 0770U, 0702U}) {
    ::chmod(directory.path().c_str(), mode);
    const auto refused = prepare_state_dir(directory.path());
    ASSERT_FALSE(refused) << mode;
    EXPECT_EQ(refused.error().code, errc::forbidden);
    EXPECT_EQ(refused.error().hint, "chmod go-w " + directory.path());
  }
}

TEST(StateDir, AnotherUsersDirectoryIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  const scratch_directory directory;
  ASSERT_EQ(::chown(directory.path().c_str(), 65'534, 65'534), 0);
  const auto refused = prepare_state_dir(directory.path());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::forbidden);
}

TEST(StateDir, AFileIsNoDirectory) {
  const scratch_directory directory;
  const auto path = directory.path() + "/file";
  ::fclose(::fopen(path.c_str(), "w"));
  const auto refused = prepare_state_dir(path);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::io_failed);
  EXPECT_NE(refused.error().hint, "");
}

TEST(RunDir, IsOneForAllSwarmsOfAUser) {
  ::setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
  EXPECT_EQ(default_run_dir(), "/run/user/7/dunlin");
  ::unsetenv("XDG_RUNTIME_DIR");
  EXPECT_EQ(default_run_dir(), ::geteuid() == 0 ? "/run/dunlin" : "/tmp/dunlin-" + std::to_string(::geteuid()));
}

}  // namespace
}  // namespace dunlin
