// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/corpus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/scratch_directory.hpp"

namespace dunlin::flight::retrieval {
namespace {

using testing::ElementsAre;

class Corpus : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) const {
    const auto path = std::filesystem::path{root_} / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
  }

  [[nodiscard]] std::string read(const std::string& name) const { return read_document(root_ + "/" + name).value(); }

  scratch_directory directory_;
  const std::string& root_ = directory_.path();
};

TEST_F(Corpus, ListsFilesByPathWithTheExtension) {
  for (const auto* name : {"b.md", "a.md", "deep/er/c.md", "d.txt", "md"}) write(name, "x");

  EXPECT_THAT(list_documents({root_, ".md"}).value(),
              ElementsAre(root_ + "/a.md", root_ + "/b.md", root_ + "/deep/er/c.md"));
  EXPECT_THAT(list_documents({root_, ".md", false}).value(), ElementsAre(root_ + "/a.md", root_ + "/b.md"));
  EXPECT_EQ(list_documents({root_, ""})->size(), 5U);
}

TEST_F(Corpus, LeavesOutLinksAndHiddenFolders) {
  write("a.md", "x");
  write(".git/b.md", "x");
  std::filesystem::create_symlink(root_ + "/a.md", root_ + "/twin.md");

  EXPECT_THAT(list_documents({root_, ".md"}).value(), ElementsAre(root_ + "/a.md"));
}

TEST_F(Corpus, ReplacesWhatIsNoUtf8ByteByByte) {
  write("valid", "caf\u00e9 \u20ac \U0001f426");
  EXPECT_EQ(read("valid"), "caf\u00e9 \u20ac \U0001f426");

  write("latin", "caf\xe9 x");
  EXPECT_EQ(read("latin"), "caf? x");
  write("overlong", "\xc0\xaf|\xe0\x80\x80|\xed\xa0\x80|\xf5\x80\x80\x80");
  EXPECT_EQ(read("overlong"), "??|???|???|????");
  write("cut", "\xe2\x82");
  EXPECT_EQ(read("cut"), "??");
}

TEST_F(Corpus, ReadsAllSourcesInOrder) {
  write("docs/b.md", "second\n");
  write("more/a.md", "third\n");
  write("docs/a.md", "first\n");

  const auto all = read_corpus({{root_ + "/docs", ".md"}, {root_ + "/more", ""}}).value();

  std::vector<std::string> texts;
  texts.reserve(all.size());
  for (const auto& one : all) texts.push_back(one.text);
  EXPECT_THAT(texts, ElementsAre("first\n", "second\n", "third\n"));
}

TEST_F(Corpus, SaysWhatIsMissingOrTooLarge) {
  EXPECT_EQ(list_documents({root_ + "/none", ""}).error().code, errc::not_found);
  EXPECT_EQ(read_corpus({{root_ + "/none", ""}}).error().code, errc::not_found);
  EXPECT_EQ(read_document(root_ + "/none").error().code, errc::not_found);
  write("large", "");
  std::filesystem::resize_file(root_ + "/large", (16U << 20) + 1);
  EXPECT_EQ(read_document(root_ + "/large").error().code, errc::too_large);
}

}  // namespace
}  // namespace dunlin::flight::retrieval
