// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda_loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gpu/device_factory.hpp"
#include "gpu/device_module.hpp"

namespace dunlin {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

// MODULE_DIRECTORY is where the test modules were built.
std::string module(std::string_view name) {
  std::string path{MODULE_DIRECTORY "/libdevice_module_"};
  path += name;
  return path += ".so";
}

error refusal(const std::string& path) {
  auto loaded = load_device_module(path, {.first = device_id{1}});
  return loaded ? error{} : loaded.error();
}

TEST(CudaLoader, OpensTheDevicesOfAModuleThatFits) {
  auto opened = load_device_module(module("good"), {.first = device_id{3}});

  ASSERT_TRUE(opened) << to_string(opened.error());
  ASSERT_EQ(opened->devices.size(), 1U);
  EXPECT_EQ(opened->devices.front()->properties().id, device_id{3});
  EXPECT_EQ(opened->devices.front()->properties().kind, "cuda");
}

TEST(CudaLoader, RefusesAnotherAbiNamingBoth) {
  const auto why = refusal(module("other_abi"));

  EXPECT_EQ(why.code, errc::version_mismatch);
  EXPECT_THAT(why.context, HasSubstr("device ABI 4, this program needs 3"));
}

TEST(CudaLoader, RefusesAnotherBuild) { EXPECT_EQ(refusal(module("other_build")).code, errc::version_mismatch); }

TEST(CudaLoader, RefusesALibraryWithoutTheSymbol) {
  const auto why = refusal(module("no_symbol"));

  EXPECT_EQ(why.code, errc::malformed);
  EXPECT_THAT(why.context, HasSubstr("no symbol dunlin_device_module"));
}

TEST(CudaLoader, RefusesAFileThatIsNoLibraryInOneLine) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "not_a_library.so";
  std::ofstream(path) << "plain text\n";

  const auto why = refusal(path.string());

  EXPECT_EQ(why.code, errc::malformed);
  EXPECT_THAT(why.context, Not(HasSubstr("\n")));
}

TEST(CudaLoader, SaysWhereItLookedForAMissingModule) {
  const auto why = refusal("/nowhere/libdunlin_cuda.so");

  EXPECT_EQ(why.code, errc::not_found);
  EXPECT_EQ(why.context, "no CUDA module at /nowhere/libdunlin_cuda.so");
}

TEST(CudaLoader, PassesTheModulesOwnReasonOn) {
  EXPECT_THAT(refusal(module("no_driver")).context, HasSubstr("libcuda.so.1 is missing"));
}

TEST(CudaLoader, LooksBesideTheLibraryUnlessTold) {
  unsetenv("DUNLIN_CUDA_MODULE");
  EXPECT_THAT(cuda_module_path(), EndsWith("/gpu/libdunlin_cuda.so"));

  setenv("DUNLIN_CUDA_MODULE", "/opt/x.so", 1);
  EXPECT_EQ(cuda_module_path(), "/opt/x.so");
  unsetenv("DUNLIN_CUDA_MODULE");
}

device_set open_with(const std::string& module_path) {
  device_factory_options options;
  options.cpu.workers = 1;
  options.cuda_module = module_path;
  return open_devices(options).value();
}

TEST(DeviceFactory, GoesOnWithTheProcessorAndAReason) {
  const auto set = open_with("/nowhere/libdunlin_cuda.so");

  ASSERT_EQ(set.devices.size(), 1U);
  EXPECT_EQ(set.devices[0]->properties().kind, "cpu");
  EXPECT_THAT(set.no_gpu_reason, HasSubstr("no CUDA module at"));
}

TEST(DeviceFactory, NumbersGpusAfterTheProcessor) {
  const auto set = open_with(module("good"));

  ASSERT_EQ(set.devices.size(), 2U);
  EXPECT_EQ(set.devices[1]->properties().id, device_id{1});
  EXPECT_EQ(set.no_gpu_reason, "");
  EXPECT_EQ(set.unused_gpus, "GPU 1 is somebody else's");
}

TEST(DeviceFactory, SaysThatAModuleFoundNoGpu) {
  EXPECT_EQ(open_with(module("no_gpu")).no_gpu_reason, "the module found no GPU");
}

}  // namespace
}  // namespace dunlin
