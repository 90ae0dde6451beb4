// SPDX-License-Identifier: Apache-2.0
#include "net/secret_file/secret_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "tests/support/scratch_directory.hpp"

namespace dunlin::net {
namespace {

using testing::HasSubstr;

constexpr auto good = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

class SecretFile : public testing::Test {
 protected:
  void write(const std::string& text, mode_t mode = 0600) const {
    std::ofstream{path} << text;
    ::chmod(path.c_str(), mode);
  }
  [[nodiscard]] mode_t mode() const {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 07777 : 0;
  }
  [[nodiscard]] std::ptrdiff_t entries() const {
    using std::filesystem::directory_iterator;
    return std::distance(directory_iterator{directory.path()}, directory_iterator{});
  }
  void expect_refused(errc code, const std::string& words) const {
    for (const auto& read : {read_secret(path), read_or_create_secret(path)}) {
      ASSERT_FALSE(read);
      EXPECT_EQ(read.error().code, code) << to_string(read.error());
      EXPECT_THAT(read.error().context, HasSubstr(words));
      EXPECT_THAT(read.error().context, HasSubstr(path));
      EXPECT_FALSE(read.error().hint.empty());
    }
  }

  scratch_directory directory;
  const std::string path = directory.path() + "/secret";
};

TEST_F(SecretFile, IsMadeForItsOwnerOnlyWhateverTheUmask) {
  const auto before = ::umask(0);
  const auto secret = read_or_create_secret(path);
  ::umask(before);

  ASSERT_TRUE(secret) << to_string(secret.error());
  EXPECT_EQ(secret->size(), 64U);
  EXPECT_TRUE(std::ranges::all_of(*secret, [](char c) { return std::string{good}.find(c) != std::string::npos; }));
  EXPECT_EQ(mode(), 0600U);
  EXPECT_EQ(entries(), 1) << "a draft was left behind";
}

TEST_F(SecretFile, StaysTheSame) {
  const auto first = read_or_create_secret(path);
  ASSERT_TRUE(first);
  EXPECT_EQ(read_or_create_secret(path), first);
  EXPECT_EQ(read_secret(path), first);
}

TEST_F(SecretFile, IsAnotherOneInAnotherPlace) {
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) seen.insert(read_or_create_secret(path + std::to_string(i)).value_or("none"));
  EXPECT_EQ(seen.size(), 20U);
}

TEST_F(SecretFile, IsNotMadeByReading) {
  const auto read = read_secret(path);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, errc::not_found);
  EXPECT_EQ(entries(), 0);
}

TEST_F(SecretFile, IsRefusedWhenOthersMayReadOrWriteIt) {
  for (const mode_t open : {0640, 0604, 0644, 0660, 0602, 0610}) {
    write(good, open);
    expect_refused(errc::forbidden, "others can read the secret");
    EXPECT_EQ(mode(), open) << "it was not for us to change";
  }
  write(good, 0400);
  EXPECT_EQ(read_secret(path), std::string{good});
}

TEST_F(SecretFile, IsRefusedWhenItHoldsNone) {
  const std::string text = good;
  for (const auto& bad : {std::string{}, std::string{"\n"}, text.substr(1), text + "0", text.substr(0, 32),
                          "g" + text.substr(1), "A" + text.substr(1), " " + text.substr(1), text + "\nmore",
                          text + "\n\nmore", std::string(64, '\0'), std::string(100'000, 'a')}) {
    write(bad);
    expect_refused(errc::malformed, "holds no secret of 64 hexadecimal digits");
  }
  EXPECT_EQ(entries(), 1) << "a bad file is never replaced";
}

TEST_F(SecretFile, MayEndWithALine) {
  for (const auto* ending : {"", "\n", "\r\n"}) {
    write(std::string{good} + ending);
    EXPECT_EQ(read_secret(path), std::string{good});
  }
}

TEST_F(SecretFile, IsRefusedWhenItIsNoFile) {
  ASSERT_EQ(::mkdir(path.c_str(), 0700), 0);
  expect_refused(errc::malformed, "is no file");
}

/// Opening one would wait for somebody who writes.
TEST_F(SecretFile, IsRefusedWhenItIsAPipe) {
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  expect_refused(errc::malformed, "is no file");
}

TEST_F(SecretFile, SaysWhereItCannotBeMade) {
  const auto nowhere = read_or_create_secret(directory.path() + "/no/such/place");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, errc::io_failed);
  EXPECT_THAT(nowhere.error().context, HasSubstr("/no/such/place"));
  write(good);
  const auto below_a_file = read_or_create_secret(path + "/secret");
  ASSERT_FALSE(below_a_file);
  EXPECT_EQ(below_a_file.error().code, errc::io_failed);
}

TEST_F(SecretFile, IsOneForAllThreadsThatAskAtOnce) {
  for (int round = 0; round < 20; ++round) {
    const auto where = path + std::to_string(round);
    std::vector<result<std::string>> got(8, std::string{});
    {
      std::vector<std::jthread> threads;
      threads.reserve(got.size());
      for (auto& each : got) threads.emplace_back([&each, &where] { each = read_or_create_secret(where); });
    }
    for (const auto& each : got) {
      ASSERT_TRUE(each) << to_string(each.error());
      EXPECT_EQ(*each, *got[0]);
    }
  }
  EXPECT_EQ(entries(), 20);
}

TEST_F(SecretFile, IsOneForAllProcessesThatAskAtOnce) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i) {
    const auto child = ::fork();
    if (child == 0) {
      const auto secret = read_or_create_secret(path).value_or(std::string(64, '!'));
      ::_exit(::write(ends[1], secret.data(), 64) == 64 ? 0 : 1);
    }
    children.push_back(child);
  }
  std::set<std::string> seen;
  for (const auto child : children) {
    std::string text(64, '\0');
    ASSERT_EQ(::read(ends[0], text.data(), 64), 64);
    seen.insert(text);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen, std::set{read_secret(path).value_or("none")});
  EXPECT_EQ(entries(), 1);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace dunlin::net
