// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tuple>

namespace dunlin {

/// One thing that a device's own instruments say, such as `temperature_celsius`. What they do not tell is left out.
struct device_sensor {
  std::string name;  ///< ends in its unit
  double value = 0;
  static auto fields(auto& m) { return std::tie(m.name, m.value); }
  friend bool operator==(const device_sensor&, const device_sensor&) = default;
};

}  // namespace dunlin
