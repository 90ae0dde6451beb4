// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/gpu_context.hpp"

#include <utility>

namespace dunlin::cuda {

result<std::shared_ptr<gpu_context>> gpu_context::primary(const driver_calls& driver, int ordinal) {
  std::shared_ptr<gpu_context> made{new gpu_context(driver, ordinal)};
  if (auto kept = made->retain(); !kept) return fail(std::move(kept.error()));
  return made;
}

result<std::shared_ptr<gpu_context>> gpu_context::green(std::shared_ptr<gpu_context> parent,
                                                        std::vector<CUdevResource> groups) {
  std::shared_ptr<gpu_context> made{new gpu_context(parent->driver_, parent->ordinal_)};
  made->device_ = parent->device_;
  made->parent_ = std::move(parent);
  if (auto taken = made->take(std::move(groups)); !taken) return fail(std::move(taken.error()));
  return made;
}

gpu_context::~gpu_context() {
  if (green_ != nullptr) {
    CUcontext here = nullptr;
    if (driver_.current(&here) == CUDA_SUCCESS && here == handle_) static_cast<void>(parent_->make_current());
    driver_.destroy_green(green_);
  }
  if (handle_ != nullptr && parent_ == nullptr) driver_.release_primary(device_);
}

result<void> gpu_context::retain() {
  int sms = 0;
  if (auto found = check(driver_.device(&device_, ordinal_), "cuDeviceGet"); !found) return found;
  if (auto asked =
          check(driver_.attribute(&sms, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device_), "cuDeviceGetAttribute");
      !asked)
    return asked;
  sms_ = static_cast<std::uint32_t>(sms);
  return check(driver_.retain_primary(&handle_, device_), "cuDevicePrimaryCtxRetain");
}

result<void> gpu_context::take(std::vector<CUdevResource> groups) {
  CUdevResourceDesc description = nullptr;
  const auto count = static_cast<unsigned int>(groups.size());
  if (auto made = check(driver_.describe_resources(&description, groups.data(), count), "cuDevResourceGenerateDesc");
      !made)
    return made;
  if (auto made =
          check(driver_.create_green(&green_, description, device_, CU_GREEN_CTX_DEFAULT_STREAM), "cuGreenCtxCreate");
      !made)
    return made;
  if (auto named = check(driver_.context_of_green(&handle_, green_), "cuCtxFromGreenCtx"); !named) return named;
  CUdevResource granted{};
  if (auto read = check(driver_.green_resource(green_, &granted, CU_DEV_RESOURCE_TYPE_SM), "cuGreenCtxGetDevResource");
      !read)
    return read;
  sms_ = granted.sm.smCount;
  return {};
}

result<void> gpu_context::make_current() const { return check(driver_.set_current(handle_), "cuCtxSetCurrent"); }

result<void> gpu_context::make_current_if_none() const {
  CUcontext here = nullptr;
  if (auto asked = check(driver_.current(&here), "cuCtxGetCurrent"); !asked) return asked;
  return here == nullptr ? make_current() : result<void>{};
}

}  // namespace dunlin::cuda
