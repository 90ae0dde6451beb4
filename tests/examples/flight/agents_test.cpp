// SPDX-License-Identifier: Apache-2.0
// Each agent by itself: what it refuses, what it reports, how it stops.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/payload.hpp"
#include "tests/examples/flight/serial_flight.hpp"
#include "tests/support/scratch_directory.hpp"

namespace dunlin::flight {
namespace {

using testing::HasSubstr;

template <class Job>
result<bytes> handle(const char* kind, const Job& job, task_host& host) {
  return handle_one(kind, to_payload(job).value(), host);
}

template <class Job>
error refusal_of(const char* kind, const Job& job) {
  noting_host host;
  const auto answer = handle(kind, job, host);
  return answer ? error{errc::none} : answer.error();
}

digits_job published(std::uint32_t fold = 0) { return {DUNLIN_PROJECT "/examples/flight/data/digits.csv.gz", 0, fold}; }

quantum_job noisy(std::uint32_t trajectories) {
  quantum_job job;
  job.what = quantum_task::noise;
  job.noise = {3, quantum::entangling_circuit(3), 0.1, 1, trajectories};
  return job;
}

TEST(FlightAgents, RefuseAPayloadThatIsNoneWithCodePathAndHint) {
  for (const auto& kind : flight_kinds()) {
    noting_host host;
    const auto answer = handle_one(kind.name, to_bytes("\xc1 no msgpack"), host);
    ASSERT_FALSE(answer) << kind.name;
    EXPECT_TRUE(answer.error().code == errc::malformed || answer.error().code == errc::wrong_type) << kind.name;
    EXPECT_EQ(answer.error().path, "payload") << kind.name;
    EXPECT_NE(answer.error().hint, "") << kind.name;
  }
}

TEST(FlightAgents, RefuseEveryTruncationOfAPayload) {
  const auto whole = to_payload(noisy(10)).value();
  for (std::size_t length = 1; length < whole.size(); ++length) {
    noting_host host;
    const bytes part{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)};
    EXPECT_FALSE(handle_one(quantum_kind, part, host)) << length;
  }
}

TEST(DigitsAgent, ReportsEpochsAndBringsBackWhatItCounted) {
  noting_host host;
  const auto answer = handle(digits_kind, published(), host);

  ASSERT_TRUE(answer) << to_string(answer.error());
  const auto report = from_payload<digits::fold_report>(*answer).value();
  EXPECT_GE(report.accuracy(), 0.955);
  EXPECT_EQ(host.reports.size(), digits::training_config{}.epochs + 1);
  EXPECT_EQ(host.reports.front().items_done, 1U);
  EXPECT_EQ(host.reports.back().percent, 100);
}

TEST(DigitsAgent, StopsAfterTheEpochInWhichItIsCancelled) {
  noting_host host{3};
  const auto answer = handle(digits_kind, published(), host);

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::cancelled);
  EXPECT_THAT(answer.error().context, HasSubstr("3 of 80 epochs"));
  EXPECT_EQ(host.reports.size(), 3U);
}

TEST(DigitsAgent, RefusesAFoldThatDoesNotExistAndDataThatIsNotThere) {
  EXPECT_EQ(refusal_of(digits_kind, published(5)).path, "payload.fold");
  EXPECT_EQ(refusal_of(digits_kind, digits_job{"/nowhere.csv.gz"}).code, errc::not_found);
}

TEST(QuantumAgent, AnEmptyPayloadIsGroversSearch) {
  noting_host host;
  const auto answer = handle_one(quantum_kind, {}, host);

  ASSERT_TRUE(answer) << to_string(answer.error());
  const auto report = from_payload<quantum_report>(*answer).value();
  EXPECT_NEAR(report.found, report.theory, 1e-9);
  EXPECT_GT(report.found, 0.999);
}

TEST(QuantumAgent, StopsEachExperimentWhenCancelled) {
  quantum_job grover;
  quantum_job vqe;
  vqe.what = quantum_task::vqe;
  for (const auto& job : {grover, vqe, noisy(1'000)}) {
    noting_host host{2};
    const auto answer = handle(quantum_kind, job, host);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, errc::cancelled);
    EXPECT_EQ(host.reports.size(), 2U);
  }
}

TEST(QuantumAgent, RefusesWhatTheoryCannotJudgeBeforeItRuns) {
  quantum_job chain;
  chain.what = quantum_task::vqe;
  chain.vqe.chain.sites = 11;
  auto wide = noisy(1'000'000'000);
  wide.noise.qubits = 7;

  EXPECT_EQ(refusal_of(quantum_kind, chain).code, errc::invalid_argument);
  EXPECT_EQ(refusal_of(quantum_kind, wide).path, "qubits");
}

TEST(MazeAgent, ReportsEachMazeAndStopsBetweenTwo) {
  noting_host whole;
  noting_host cut{4};
  const maze::batch job{0, 10, 16, 16};
  const auto answer = handle(maze_kind, job, whole);
  const auto stopped = handle(maze_kind, job, cut);

  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_EQ(from_payload<maze::comparison>(*answer)->mazes, 10U);
  EXPECT_EQ(whole.reports.size(), 10U);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, errc::cancelled);
  EXPECT_EQ(cut.reports.size(), 4U);
}

TEST(MazeAgent, RefusesNoMazesTooManyAndSizesOutOfReach) {
  EXPECT_EQ(refusal_of(maze_kind, maze::batch{0, 0}).path, "payload.count");
  EXPECT_EQ(refusal_of(maze_kind, maze::batch{0, 10'001}).path, "payload.count");
  EXPECT_EQ(refusal_of(maze_kind, maze::batch{0, 1, 1, 1}).code, errc::invalid_argument);
}

TEST(RetrievalAgent, RefusesStepsWithoutDirectoryQueryOrTop) {
  const scratch_directory directory;
  retrieval_job job;
  job.step = retrieval_step::retrieve;
  EXPECT_EQ(refusal_of(retrieval_kind, job).path, "payload.directory");
  job.directory = directory.path();
  job.query = "the of and";
  EXPECT_EQ(refusal_of(retrieval_kind, job).path, "payload.query");
  job.query = "patents";
  EXPECT_EQ(refusal_of(retrieval_kind, job).path, "payload.top");
  job.top = 1;
  job.shards = 1;
  EXPECT_EQ(refusal_of(retrieval_kind, job).code, errc::not_found) << "a step before its turn";
}

TEST(RetrievalAgent, DoesNothingOnceCancelled) {
  const scratch_directory directory;
  noting_host host{0};
  retrieval_job job;
  job.directory = directory.path();

  const auto answer = handle(retrieval_kind, job, host);

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::cancelled);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

}  // namespace
}  // namespace dunlin::flight
