// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/agents/retrieval_agent.hpp"

#include <array>
#include <utility>

#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/agents/step_files.hpp"
#include "examples/flight/agents/task_watcher.hpp"
#include "examples/flight/payload.hpp"
#include "examples/flight/retrieval/clustering.hpp"
#include "examples/flight/retrieval/features.hpp"
#include "examples/flight/retrieval/search.hpp"
#include "examples/flight/retrieval/summary.hpp"
#include "examples/flight/retrieval/tokens.hpp"

namespace dunlin::flight {

namespace {

using namespace retrieval;

/// A file holds more than a payload may.
constexpr codec::read_limits file_limits{.array_size = 1U << 24};

constexpr std::size_t most_quotes = 3;

std::string path_of(const retrieval_job& job, const char* name, std::uint32_t number) {
  return job.directory + "/" + name + "." + std::to_string(number);
}

template <class T>
result<void> write(const retrieval_job& job, const char* name, std::uint32_t number, const T& value) {
  return write_whole(path_of(job, name, number), codec::to_wire(value));
}

template <class T>
result<T> read(const retrieval_job& job, const char* name, std::uint32_t number) {
  const auto raw = read_whole(path_of(job, name, number));
  if (!raw) return fail(error{raw.error()});
  return codec::from_wire<T>(*raw, file_limits);
}

/// The citations of one query, as they travel between its steps.
struct citations {
  std::vector<citation> all;
  static auto fields(auto& c) { return std::tie(c.all); }
};

result<feature_counts> read_counts(const retrieval_job& job) {
  feature_counts all;
  for (std::uint32_t i = 0; i < job.shards; ++i) {
    const auto one = read<feature_counts>(job, "counts", i);
    if (!one) return fail(error{one.error()});
    if (auto added = all.add(*one); !added) return fail(std::move(added.error()));
  }
  return all;
}

result<embeddings> read_embeddings(const retrieval_job& job) {
  embeddings all;
  for (std::uint32_t i = 0; i < job.shards; ++i) {
    const auto one = read<embeddings>(job, "embeddings", i);
    if (!one) return fail(error{one.error()});
    all.values.insert(all.values.end(), one->values.begin(), one->values.end());
  }
  return all;
}

result<passage> read_passage(const retrieval_job& job, std::uint32_t id) {
  const auto part = read<shard>(job, "passages", id / static_cast<std::uint32_t>(most_passages_in_shard));
  if (!part) return fail(error{part.error()});
  if (id < part->first_id || id - part->first_id >= part->passages.size())
    return fail(errc::internal, "passage " + std::to_string(id) + " is not in its shard");
  return part->passages[id - part->first_id];
}

result<retrieval_report> count(const retrieval_job& job) {
  if (auto kept = write(job, "passages", job.number, job.part); !kept) return fail(std::move(kept.error()));
  if (auto kept = write(job, "counts", job.number, count_features(job.part)); !kept)
    return fail(std::move(kept.error()));
  retrieval_report out;
  out.items = static_cast<std::uint32_t>(job.part.passages.size());
  return out;
}

result<retrieval_report> embed(const retrieval_job& job) {
  const auto counts = read_counts(job);
  if (!counts) return fail(error{counts.error()});
  const auto part = read<shard>(job, "passages", job.number);
  if (!part) return fail(error{part.error()});
  const auto embedded = retrieval::embed(*part, *counts);
  if (auto kept = write(job, "embeddings", job.number, embedded); !kept) return fail(std::move(kept.error()));
  retrieval_report out;
  out.items = static_cast<std::uint32_t>(embedded.size());
  return out;
}

result<retrieval_report> cluster(const retrieval_job& job) {
  const auto all = read_embeddings(job);
  if (!all) return fail(error{all.error()});
  const auto found = retrieval::cluster(*all, job.clusters, job.seed);
  if (!found) return fail(error{found.error()});
  if (auto kept = write(job, "clusters", 0, *found); !kept) return fail(std::move(kept.error()));
  retrieval_report out;
  out.items = static_cast<std::uint32_t>(all->size());
  out.inertia = found->inertia;
  return out;
}

result<retrieval_report> retrieve(const retrieval_job& job) {
  const auto counts = read_counts(job);
  const auto all = read_embeddings(job);
  const auto clusters = read<clustering>(job, "clusters", 0);
  if (!counts) return fail(error{counts.error()});
  if (!all) return fail(error{all.error()});
  if (!clusters) return fail(error{clusters.error()});
  const auto query = embed_text(job.query, *counts);
  const auto found = search(query, *all, *clusters, job.top);
  if (!found) return fail(error{found.error()});
  retrieval_report out;
  citations cited;
  for (const auto& hit : found->hits) {
    auto where = read_passage(job, hit.id);
    if (!where) return fail(std::move(where.error()));
    out.documents.push_back(where->document);
    cited.all.push_back(cite(job.query, *where));
  }
  if (auto kept = write(job, "found", job.number, cited); !kept) return fail(std::move(kept.error()));
  out.items = static_cast<std::uint32_t>(found->hits.size());
  out.compared = static_cast<std::uint32_t>(found->compared);
  return out;
}

/// A claim that is not true: the passage stands elsewhere.
citation falsified(citation claim) {
  claim.cited.offset += 1;
  return claim;
}

result<retrieval_report> verify(const retrieval_job& job) {
  const auto found = read<citations>(job, "found", job.number);
  if (!found) return fail(error{found.error()});
  retrieval_report out;
  citations holding;
  for (const auto& claim : found->all) {
    const auto judged = retrieval::verify(job.query, claim);
    if (!judged) return fail(error{judged.error()});
    if (judged->holds)
      holding.all.push_back(claim);
    else
      ++out.rejected;
  }
  if (!found->all.empty()) {
    const auto judged = retrieval::verify(job.query, falsified(found->all.front()));
    out.rejects_a_false_one = judged && !judged->holds;
  }
  if (auto kept = write(job, "verified", job.number, holding); !kept) return fail(std::move(kept.error()));
  out.items = static_cast<std::uint32_t>(holding.all.size());
  return out;
}

result<retrieval_report> synthesise(const retrieval_job& job) {
  const auto verified = read<citations>(job, "verified", job.number);
  if (!verified) return fail(error{verified.error()});
  retrieval_report out;
  out.answer = retrieval::synthesise(job.query, verified->all, most_quotes);
  out.items = static_cast<std::uint32_t>(out.answer.quotes.size());
  return out;
}

const char* name_of(retrieval_step step) {
  constexpr std::array names{"counting", "embedding", "clustering", "retrieving", "verifying", "summarising"};
  return names[static_cast<std::size_t>(step)];
}

/// Errors: invalid_argument.
result<void> check(const retrieval_job& job) {
  if (job.directory.empty())
    return fail(errc::invalid_argument, "no directory", "where the steps leave their data", "payload.directory");
  if (job.step >= retrieval_step::retrieve && terms_of(job.query).empty())
    return fail(errc::invalid_argument, "a query without terms: '" + job.query + "'", "", "payload.query");
  if (job.step == retrieval_step::retrieve && job.top == 0)
    return fail(errc::invalid_argument, "the best 0 passages", "at least 1", "payload.top");
  return {};
}

result<retrieval_report> run(const retrieval_job& job) {
  switch (job.step) {
    case retrieval_step::count:
      return count(job);
    case retrieval_step::embed:
      return embed(job);
    case retrieval_step::cluster:
      return cluster(job);
    case retrieval_step::retrieve:
      return retrieve(job);
    case retrieval_step::verify:
      return verify(job);
    case retrieval_step::synthesise:
      break;
  }
  return synthesise(job);
}

}  // namespace

result<bytes> retrieval_agent::handle(task_context& task) {
  const auto job = from_payload<retrieval_job>(task.payload());
  if (!job) return fail(error{job.error()});
  if (auto checked = check(*job); !checked) return fail(std::move(checked.error()));
  task_watcher steps{task, name_of(job->step)};
  if (auto more = step_done(&steps, 0, 1, "steps"); !more) return fail(std::move(more.error()));
  auto report = run(*job);
  if (!report) return fail(std::move(report.error()));
  report->step = job->step;
  task.progress(100, name_of(job->step), report->items, report->items);
  return to_payload(*report);
}

}  // namespace dunlin::flight
