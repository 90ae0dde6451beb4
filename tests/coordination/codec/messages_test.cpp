// SPDX-License-Identifier: Apache-2.0
// Every message that passes between nodes: our bytes are those of msgpack-cxx, and either reads the other's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "coordination/tasks/task_record.hpp"
#include "tests/coordination/codec/message_list.hpp"
#include "tests/coordination/codec/reference.hpp"

namespace dunlin::test {
namespace {

template <class T>
void agree(std::uint64_t seed) {
  const auto value = any_value{seed}.make<T>();
  const auto ours = codec::to_wire(value);
  RC_ASSERT(ours == reference_wire(value));
  RC_ASSERT(reference_reads(ours, value));
  const auto back = codec::from_wire<T>(ours);
  RC_ASSERT(back.has_value());
  RC_ASSERT(same(*back, value));
}

template <class Message>
class CoreMessage : public testing::Test {};
TYPED_TEST_SUITE(CoreMessage, core_messages, name_by_wire);

TYPED_TEST(CoreMessage, HasTheBytesOfMsgpackCxxAndComesBack) {
  EXPECT_TRUE(rc::check([] { agree<TypeParam>(*rc::gen::arbitrary<std::uint64_t>()); }));
}

TYPED_TEST(CoreMessage, ComesBackWhenNothingIsSetInIt) {
  const auto ours = codec::to_wire(TypeParam{});
  EXPECT_EQ(ours, reference_wire(TypeParam{}));
  const auto back = codec::from_wire<TypeParam>(ours);
  ASSERT_TRUE(back);
  EXPECT_TRUE(same(*back, TypeParam{}));
}

template <class Message>
class LinkMessage : public testing::Test {};
TYPED_TEST_SUITE(LinkMessage, link_messages, name_by_wire);

TYPED_TEST(LinkMessage, HasTheBytesOfMsgpackCxxAndComesBack) {
  EXPECT_TRUE(rc::check([] { agree<TypeParam>(*rc::gen::arbitrary<std::uint64_t>()); }));
}

RC_GTEST_PROP(StoredTask, HasTheBytesOfMsgpackCxxAndComesBack, ()) {
  agree<task_record>(*rc::gen::arbitrary<std::uint64_t>());
}

template <class... Messages>
std::vector<std::string> names_of(testing::Types<Messages...>) {
  return {Messages::wire_name...};
}

void add_names_declared_in(const std::filesystem::path& file, std::vector<std::string>& out) {
  std::ifstream header{file};
  for (std::string line; std::getline(header, line);) {
    const auto at = line.find("wire_name = \"");
    if (at == std::string::npos) continue;
    const auto from = line.find('"') + 1;
    out.push_back(line.substr(from, line.find('"', from) - from));
  }
}

/// A message that is added to a header has to be added to the list above.
TEST(CoreMessages, AreAllTested) {
  std::vector<std::string> declared;
  for (const auto& file : std::filesystem::directory_iterator{DUNLIN_MESSAGES})
    if (file.path().extension() == ".hpp") add_names_declared_in(file.path(), declared);
  add_names_declared_in(DUNLIN_MESSAGES "/../sharing/shared_device/shared_messages.hpp", declared);

  ASSERT_GE(declared.size(), 22U);
  EXPECT_THAT(names_of(core_messages{}), testing::UnorderedElementsAreArray(declared));
}

}  // namespace
}  // namespace dunlin::test
