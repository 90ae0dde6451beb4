// SPDX-License-Identifier: Apache-2.0
// A small flight without a swarm, and answers that must not pass.
#include "examples/flight/check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/payload.hpp"
#include "tests/examples/flight/serial_flight.hpp"
#include "tests/support/scratch_directory.hpp"

namespace dunlin::flight {
namespace {

constexpr flight_size brief{
    .seeds = 1, .grover = 2, .vqe = 2, .noise_parts = 4, .trajectories = 500, .maze_batches = 4};

/// What a trained network would have answered: 355 of 359 digits right.
bytes good_digits(const task_spec& task) {
  const auto job = from_payload<digits_job>(task.payload).value();
  return to_payload(digits::fold_report{job.seed, job.fold, 359, 355, 0.3F}).value();
}

/// Flown once for all tests, but for the training, which takes longest; each works on a copy of the records.
class FlightCheck : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = new scratch_directory;
    plan_ = new std::vector{make_plan(places_in(directory_->path()), brief).value()};
    flown_ = new std::vector<task_record>;
    for (const auto& task : *plan_) {
      if (task.shape.kind != digits_kind) {
        flown_->push_back(fly_alone(task));
        continue;
      }
      auto& record = flown_->emplace_back();
      record.spec = task;
      record.status.state = task_state::succeeded;
      record.status.output = good_digits(task);
    }
  }
  static void TearDownTestSuite() {
    delete flown_;
    delete plan_;
    delete directory_;
  }

  task_record& record(const std::string& name) { return *std::ranges::find(records_, name, &task_name); }

  /// Has `change` falsify the answer of one task.
  template <class Report, class Change>
  void falsify(const std::string& name, Change change) {
    auto& output = record(name).status.output;
    auto report = from_payload<Report>(output).value();
    change(report);
    output = to_payload(report).value();
  }

  [[nodiscard]] bool holds(const std::string& kind) const {
    const auto all = check_answers(*plan_, records_);
    return std::ranges::find(all, kind, &quality::kind)->holds;
  }

  static const std::string& task_name(const task_record& record) { return record.spec.name; }

  std::vector<task_record> records_ = *flown_;

  static inline scratch_directory* directory_ = nullptr;
  static inline std::vector<task_spec>* plan_ = nullptr;
  static inline std::vector<task_record>* flown_ = nullptr;
};

TEST(SmallFlight, ReachesWhatIsAskedOfAllKinds) {
  const scratch_directory directory;
  const auto plan = make_plan(places_in(directory.path()), brief).value();
  const auto records = fly_serially(plan);
  for (const auto& task : records) EXPECT_EQ(task.status.why, "") << task.spec.name;
  for (const auto& kind : check_answers(plan, records))
    EXPECT_TRUE(kind.holds) << kind.kind << ": " << testing::PrintToString(kind.facts);
}

TEST_F(FlightCheck, RightAnswersHold) {
  for (const auto& kind : check_answers(*plan_, records_))
    EXPECT_TRUE(kind.holds) << kind.kind << ": " << testing::PrintToString(kind.facts);
}

TEST_F(FlightCheck, FindsAFailedTaskAMissingOneAndGarbage) {
  record("maze-1").status.state = task_state::failed;
  std::erase_if(records_, [](const task_record& task) { return task.spec.name == "digits-0-3"; });
  record("quantum-vqe-0").status.output = to_bytes("?");

  EXPECT_FALSE(holds(maze_kind));
  EXPECT_FALSE(holds(digits_kind));
  EXPECT_FALSE(holds(quantum_kind));
  EXPECT_TRUE(holds(retrieval_kind));
}

TEST_F(FlightCheck, NothingAtAllDoesNotHold) {
  for (const auto& kind : check_answers({}, {})) EXPECT_FALSE(kind.holds) << kind.kind;
}

TEST_F(FlightCheck, FindsABadClassifierAndAFoldThatWasNotAskedFor) {
  falsify<digits::fold_report>("digits-0-1", [](auto& report) { report.correct = report.tested * 95 / 100; });
  EXPECT_FALSE(holds(digits_kind));

  record("digits-0-1").status.output = record("digits-0-2").status.output;
  EXPECT_FALSE(holds(digits_kind));
}

TEST_F(FlightCheck, AnAgentIsNotBelievedItsTheory) {
  falsify<quantum_report>("quantum-grover-0", [](auto& report) { report.found = report.theory = 0.5; });
  EXPECT_FALSE(holds(quantum_kind));
}

TEST_F(FlightCheck, FindsAnEnergyThatIsOffOrNoNumber) {
  falsify<quantum_report>("quantum-vqe-1", [](auto& report) { report.found += 2e-3; });
  EXPECT_FALSE(holds(quantum_kind));

  falsify<quantum_report>("quantum-vqe-1",
                          [](auto& report) { report.found = std::numeric_limits<double>::quiet_NaN(); });
  EXPECT_FALSE(holds(quantum_kind));
}

TEST_F(FlightCheck, FindsABiasedSampler) {
  for (std::uint32_t part = 0; part < 4; ++part)
    falsify<quantum_report>("quantum-noise-" + std::to_string(part), [](auto& report) { report.sums.sum *= 0.9; });
  EXPECT_FALSE(holds(quantum_kind));
}

TEST_F(FlightCheck, FindsSolversThatDisagreeAndMazesThatWereLeftOut) {
  falsify<maze::comparison>("maze-0", [](auto& report) { report.disagreements = 1; });
  EXPECT_FALSE(holds(maze_kind));

  falsify<maze::comparison>("maze-0", [](auto& report) { report.disagreements = 0, --report.mazes; });
  EXPECT_FALSE(holds(maze_kind));
}

TEST_F(FlightCheck, FindsTheAnswerToAnotherQuestion) {
  record("retrieval-synthesise-0").status.output = record("retrieval-synthesise-1").status.output;
  EXPECT_FALSE(holds(retrieval_kind));
}

TEST_F(FlightCheck, FindsAnInventedQuote) {
  falsify<retrieval_report>("retrieval-synthesise-2",
                            [](auto& report) { report.answer.quotes.front().sentence = "Nobody wrote this."; });
  EXPECT_FALSE(holds(retrieval_kind));
}

TEST_F(FlightCheck, FindsAQuoteFromAnInventedPassage) {
  falsify<retrieval_report>("retrieval-synthesise-2", [](auto& report) {
    report.answer.quotes = {{"Nobody wrote this.", 0}};
    report.answer.citations.front().cited.text = "Nobody wrote this.";
  });
  EXPECT_FALSE(holds(retrieval_kind));
}

}  // namespace
}  // namespace dunlin::flight
