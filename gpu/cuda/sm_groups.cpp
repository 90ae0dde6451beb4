// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/sm_groups.hpp"

namespace dunlin::cuda {

namespace {

result<sm_groups> try_split(const gpu_context& context) {
  const auto& driver = context.driver();
  if (!driver.has_green_contexts()) return fail(errc::not_supported, "the driver has no green contexts");
  CUdevResource all{};
  if (auto asked = context.check(driver.device_resource(context.device(), &all, CU_DEV_RESOURCE_TYPE_SM),
                                 "cuDeviceGetDevResource");
      !asked)
    return fail(std::move(asked.error()));
  const auto least = all.sm.minSmPartitionSize;
  unsigned int count = 0;
  if (auto asked =
          context.check(driver.split_sms(nullptr, &count, &all, nullptr, 0, least), "cuDevSmResourceSplitByCount");
      !asked)
    return fail(std::move(asked.error()));
  if (count == 0) return fail(errc::not_supported, "its SMs are too few for groups");
  sm_groups out;
  out.groups.resize(count);
  CUdevResource left{};
  if (auto done = context.check(driver.split_sms(out.groups.data(), &count, &all, &left, 0, least),
                                "cuDevSmResourceSplitByCount");
      !done)
    return fail(std::move(done.error()));
  out.groups.resize(count);
  out.sms_of_group = out.groups.front().sm.smCount;
  out.left_over = left.sm.smCount;
  return out;
}

}  // namespace

std::vector<CUdevResource> sm_groups::of(const std::vector<std::uint32_t>& units) const {
  std::vector<CUdevResource> out;
  out.reserve(units.size());
  for (const auto unit : units) out.push_back(groups.at(unit));
  return out;
}

sm_groups split_sms(const gpu_context& context) {
  auto split = try_split(context);
  if (split) return std::move(*split);
  sm_groups none;
  none.why_none = split.error().context;
  return none;
}

}  // namespace dunlin::cuda
