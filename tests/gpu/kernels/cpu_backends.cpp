// SPDX-License-Identifier: Apache-2.0
// The processor's backends: plain loops, and SIMD with each instruction set that it has.
#include "gpu/cpu/pinning.hpp"
#include "gpu/kernels/scalar_backend.hpp"
#include "gpu/kernels/simd_backend.hpp"
#include "tests/gpu/kernels/kernel_conformance.hpp"

namespace dunlin::testing {

namespace {

class scalar_rig final : public backend_rig {
 public:
  kernel_backend& backend() override { return backend_; }

 private:
  scalar_backend backend_;
};

class simd_rig final : public backend_rig {
 public:
  ~simd_rig() override { limit_simd({}); }
  kernel_backend& backend() override { return backend_; }

 private:
  /// Also on a machine with one core.
  static std::vector<std::uint32_t> two_members() {
    const auto cores = allowed_cores();
    return {cores.front(), cores.back()};
  }
  core_team team_{two_members()};
  simd_backend backend_{team_};
};

}  // namespace

std::vector<std::string> every_backend() {
  auto out = simd_targets();
  out.emplace_back("scalar");
  return out;
}

std::unique_ptr<backend_rig> make_rig(const std::string& name) {
  if (name == "scalar") return std::make_unique<scalar_rig>();
  return limit_simd(name) ? std::make_unique<simd_rig>() : nullptr;
}

std::string why_no_rig() { return {}; }

}  // namespace dunlin::testing
