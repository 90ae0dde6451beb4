// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/plan.hpp"

#include <utility>

#include "coordination/tasks/content_hash.hpp"
#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/payload.hpp"
#include "examples/flight/quantum/noise.hpp"
#include "examples/flight/questions.hpp"

namespace dunlin::flight {

namespace {

constexpr std::uint32_t clusters = 12;
constexpr std::uint32_t hits = 5;
constexpr std::uint32_t folds = 5;

std::string numbered(const std::string& what, std::uint32_t number) { return what + "-" + std::to_string(number); }

/// Collects tasks; the first error ends it.
class plan_builder {
 public:
  plan_builder(const flight_places& places, const flight_size& size)
      : places_(places), size_(size), run_(std::to_string(hash_of(std::string_view{places.directory}))) {}

  result<std::vector<task_spec>> build() {
    add_retrieval();  // the longest chain first
    add_digits();
    add_quantum();
    add_mazes();
    if (!failed_) return fail(std::move(failed_.error()));
    return std::move(tasks_);
  }

 private:
  template <class Job>
  task_spec& add(const char* kind, const char* capability, std::string name, const Job& job, std::uint8_t priority) {
    auto payload = to_payload(job);
    auto& task = tasks_.emplace_back();
    task.name = std::move(name);
    task.idempotency_key = run_ + "/" + task.name;
    task.shape.kind = kind;
    task.shape.capabilities = {capability};
    task.shape.timeout = std::chrono::minutes{2};
    task.priority = priority;
    if (payload)
      task.payload = std::move(*payload);
    else if (failed_)
      failed_ = fail(std::move(payload.error()));
    return task;
  }

  void add_digits() {
    for (std::uint32_t seed = 0; seed < size_.seeds; ++seed)
      for (std::uint32_t fold = 0; fold < folds; ++fold)
        add(digits_kind, "blas", numbered(numbered("digits", seed), fold), digits_job{places_.digits, seed, fold}, 5);
    add(digits_kind, "blas", "digits-by-writer", digits_job{places_.digits, 0, 0, true}, 7);
  }

  void add_quantum() {
    for (std::uint32_t i = 0; i < size_.grover; ++i) {
      quantum_job job;
      job.grover = {12, {i * 97 + 1, i * 31 + 2'048}, 0};
      add(quantum_kind, "simd", numbered("quantum-grover", i), job, 5);
    }
    for (std::uint32_t i = 0; i < size_.vqe; ++i) {
      quantum_job job;
      job.what = quantum_task::vqe;
      job.vqe.seed = i;
      add(quantum_kind, "simd", numbered("quantum-vqe", i), job, 6);
    }
    std::uint32_t part = 0;
    for (const auto level : noise_levels)
      for (std::uint32_t i = 0; i < size_.noise_parts; ++i, ++part) {
        quantum_job job;
        job.what = quantum_task::noise;
        job.noise = {3, quantum::entangling_circuit(3), level, part, size_.trajectories};
        add(quantum_kind, "simd", numbered("quantum-noise", part), job, 4);
      }
  }

  void add_mazes() {
    for (std::uint32_t i = 0; i < size_.maze_batches; ++i)
      add(maze_kind, "graph", numbered("maze", i), maze::batch{std::uint64_t{i} * size_.mazes, size_.mazes}, 3);
  }

  task_spec& add_step(std::string name, const retrieval_job& job, std::vector<std::string> after) {
    auto& task = add(retrieval_kind, "text", std::move(name), job, 8);
    task.depends_on = std::move(after);
    return task;
  }

  [[nodiscard]] retrieval_job step(retrieval_step which, std::uint32_t number) const {
    retrieval_job job;
    job.step = which;
    job.directory = places_.directory;
    job.shards = shards_;
    job.number = number;
    return job;
  }

  void add_retrieval() {
    auto passages = retrieval::read_corpus(places_.corpus);
    if (!passages) {
      failed_ = fail(std::move(passages.error()));
      return;
    }
    auto parts = retrieval::make_shards(std::move(*passages));
    shards_ = static_cast<std::uint32_t>(parts.size());
    std::vector<std::string> counted;
    std::vector<std::string> embedded;
    for (std::uint32_t i = 0; i < shards_; ++i) {
      auto job = step(retrieval_step::count, i);
      job.part = std::move(parts[i]);
      counted.push_back(add_step(numbered("retrieval-count", i), job, {}).name);
    }
    for (std::uint32_t i = 0; i < shards_; ++i)
      embedded.push_back(add_step(numbered("retrieval-embed", i), step(retrieval_step::embed, i), counted).name);
    auto cluster = step(retrieval_step::cluster, 0);
    cluster.clusters = clusters;
    cluster.seed = 1;
    add_step("retrieval-cluster", cluster, embedded);
    for (std::uint32_t i = 0; i < flight_questions().size(); ++i) add_query(i);
  }

  void add_query(std::uint32_t number) {
    std::string before = "retrieval-cluster";
    for (const auto& [which, name] : {std::pair{retrieval_step::retrieve, "retrieval-retrieve"},
                                      std::pair{retrieval_step::verify, "retrieval-verify"},
                                      std::pair{retrieval_step::synthesise, "retrieval-synthesise"}}) {
      auto job = step(which, number);
      job.query = flight_questions()[number].text;
      job.top = hits;
      before = add_step(numbered(name, number), job, {before}).name;
    }
  }

  const flight_places& places_;
  const flight_size& size_;
  std::string run_;  ///< tells this run's keys from another's
  std::uint32_t shards_ = 0;
  std::vector<task_spec> tasks_;
  result<void> failed_;
};

}  // namespace

std::vector<retrieval::source> flight_corpus(const std::string& project) {
  return {{project, ".md", false},
          {project + "/docs", ".md"},
          {project + "/examples", ".md"},
          {"/usr/share/common-licenses", ""}};
}

result<std::vector<task_spec>> make_plan(const flight_places& places, const flight_size& size) {
  return plan_builder{places, size}.build();
}

}  // namespace dunlin::flight
