// SPDX-License-Identifier: Apache-2.0
// The probe on an emulated GPU whose memory the host cannot reach, as it is with a real one.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <map>

#include "actors/swarm/device_probe.hpp"
#include "gpu/cuda/cuda_device.hpp"
#include "tests/gpu/cuda/emulated_cublas.hpp"
#include "tests/gpu/cuda/emulated_gpu.hpp"

namespace dunlin::testing {
namespace {

/// What is mapped is closed to the host, but while the driver copies. One at a time.
class closed_memory {
 public:
  explicit closed_memory(const cuda::driver_calls& under) : calls_(under) {
    under_ = under;
    copies = 0;
    pieces_.clear();
    calls_.set_access = set_access;
    calls_.unmap_memory = unmap;
    calls_.copy = copy;
  }
  [[nodiscard]] const cuda::driver_calls& driver() const noexcept { return calls_; }

  static inline int copies = 0;
  static inline bool was_closed = false;  ///< to the host, when the first copy went there

 private:
  static void protect(int how) {
    for (const auto& [place, bytes] : pieces_) mprotect(std::bit_cast<void*>(place), bytes, how);
  }
  /// By the system's word, since reading it would end the test.
  static bool host_can_read(CUdeviceptr place) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) return true;
    const bool can = write(ends[1], std::bit_cast<void*>(place), 1) == 1;
    for (const auto end : ends) close(end);
    return can;
  }
  static CUresult set_access(CUdeviceptr place, std::size_t bytes, const CUmemAccessDesc* who, std::size_t count) {
    const auto code = under_.set_access(place, bytes, who, count);
    pieces_[place] = bytes;
    protect(PROT_NONE);
    return code;
  }
  static CUresult unmap(CUdeviceptr place, std::size_t bytes) {
    pieces_.clear();  // the device is about to end: what it still unmaps, it does not touch
    return under_.unmap_memory(place, bytes);
  }
  static CUresult copy(CUdeviceptr to, CUdeviceptr from, std::size_t bytes, CUstream on) {
    if (copies++ == 0) was_closed = !host_can_read(to);
    protect(PROT_READ | PROT_WRITE);
    const auto code = under_.copy(to, from, bytes, on);
    under_.synchronise_stream(on);
    protect(PROT_NONE);
    return code;
  }

  static inline cuda::driver_calls under_;
  static inline std::map<CUdeviceptr, std::size_t> pieces_;
  cuda::driver_calls calls_;
};

std::shared_ptr<device_port> open(const cuda::driver_calls& driver) {
  cuda::device_options options;
  options.workers = 1;
  options.cublas = &emulated_cublas();
  return cuda::cuda_device::make(driver, options).value();
}

TEST(DeviceProbeOnAGpu, WritesToItsMemoryByCopiesAlone) {
  const emulated_gpu gpu;
  const closed_memory closed{gpu.driver()};
  const auto device = open(closed.driver());

  const auto probed = probe_device(device);

  EXPECT_TRUE(probed.outcome) << to_string(probed.outcome.error());
  EXPECT_EQ(closed_memory::copies, 2);
  EXPECT_TRUE(closed_memory::was_closed);
  EXPECT_GE(probed.telemetry.held_bytes, 1U << 20U);
}

TEST(DeviceProbeOnAGpu, SaysWhatItsDriverSays) {
  emulated_gpu gpu;
  const auto device = open(gpu.driver());
  gpu.fail_next("cuMemcpyAsync", CUDA_ERROR_ILLEGAL_ADDRESS);

  const auto probed = probe_device(device);

  ASSERT_FALSE(probed.outcome);
  EXPECT_EQ(probed.outcome.error().code, errc::device_lost);
}

}  // namespace
}  // namespace dunlin::testing
