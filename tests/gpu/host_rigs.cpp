// SPDX-License-Identifier: Apache-2.0
// The devices that every machine has.
#include "tests/gpu/device_rig.hpp"

namespace dunlin::testing {

std::vector<rig_kind> every_rig() { return {{"Cpu", make_cpu_rig}, {"Fake", make_fake_rig}}; }
std::string why_no_rig() { return {}; }

}  // namespace dunlin::testing
