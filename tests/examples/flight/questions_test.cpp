// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/questions.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "examples/flight/retrieval/clustering.hpp"
#include "examples/flight/retrieval/corpus.hpp"
#include "examples/flight/retrieval/search.hpp"
#include "tests/examples/flight/serial_flight.hpp"

namespace dunlin::flight {
namespace {

/// Everything that is searched, embedded.
struct library {
  std::vector<retrieval::passage> passages;
  retrieval::feature_counts counts;
  retrieval::embeddings points;
  retrieval::clustering groups;

  explicit library(const std::vector<retrieval::source>& sources) : passages(retrieval::read_corpus(sources).value()) {
    const retrieval::shard all{0, passages};
    counts = retrieval::count_features(all);
    points = retrieval::embed(all, counts);
    groups = retrieval::cluster(points, 12, 1).value();
  }

  /// Returns the place of the first passage that answers, from 1; 0 if none of the best `top` does.
  [[nodiscard]] std::size_t rank_of_answer(const flight_question& question, std::size_t top) const {
    const auto found = retrieval::search(retrieval::embed_text(question.text, counts), points, groups, top).value();
    for (std::size_t i = 0; i < found.hits.size(); ++i)
      if (says(passages[found.hits[i].id].text, question.answer)) return i + 1;
    return 0;
  }
};

TEST(Questions, AreAnsweredByTheBestThreePassages) {
  const library all{flight_corpus(DUNLIN_PROJECT)};
  for (const auto& question : flight_questions()) EXPECT_NE(all.rank_of_answer(question, 3), 0U) << question.text;
}

TEST(Questions, AreAnsweredWhateverOtherDocumentsThereAre) {
  auto sources = flight_corpus(DUNLIN_PROJECT);
  for (const auto* folder : {"/coordination", "/actors", "/net"})
    sources.push_back({std::string{DUNLIN_PROJECT} + folder, ".hpp"});
  const library more{sources};
  for (const auto& question : flight_questions()) EXPECT_NE(more.rank_of_answer(question, 5), 0U) << question.text;
}

TEST(Questions, AreAnsweredWithoutTheProjectsOtherDocuments) {
  const library less{{{DUNLIN_PROJECT "/examples", ".md"}, {"/usr/share/common-licenses", ""}}};
  for (const auto& question : flight_questions()) EXPECT_NE(less.rank_of_answer(question, 5), 0U) << question.text;
}

TEST(Says, FindsWordsInThisOrderWhateverSeparatesThem) {
  EXPECT_TRUE(says("of the Combined\n   Work, *Linked* Version", "combined work linked"));
  EXPECT_FALSE(says("of the Combined Work and a Linked Version", "combined work linked"));
  EXPECT_FALSE(says("recombined work linked", "combined work linked"));
  EXPECT_FALSE(says("", "combined"));
}

}  // namespace
}  // namespace dunlin::flight
