// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/bench_peer.hpp"

#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

namespace {

class bench_peer final : public verb {
 public:
  bench_peer() : verb("bench-peer", "be the second process of a bench") {}

  [[nodiscard]] bool hidden() const noexcept override { return true; }

  result<int> run(verb_context& with) override {
    const auto served = bench::serve_bench_peer(with.out.in, with.out.out);
    if (!served) return fail(served.error());
    return exit_code::ok;
  }
};

}  // namespace

std::unique_ptr<verb> make_bench_peer() { return std::make_unique<bench_peer>(); }

}  // namespace dunlin::cli
