// SPDX-License-Identifier: Apache-2.0
// The five patterns as devices of the simulation have them.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "coordination/sharing/collaborative/collaborative.hpp"
#include "coordination/sharing/patterns/exclusive.hpp"
#include "coordination/sharing/patterns/space_partitioned.hpp"
#include "coordination/sharing/patterns/time_sliced.hpp"
#include "coordination/sharing/pipeline/pipeline.hpp"
#include "tests/coordination/sharing/share_sim.hpp"

namespace dunlin::sim {

inline arbiter_config device_of(std::uint32_t units) {
  arbiter_config out;
  out.capacity = {device_id{1}, units, 1'000};
  out.terms.max_hold = 3'600s;
  return out;
}

using maker = std::function<std::unique_ptr<share_rule>(const device_capacity&)>;

inline std::unique_ptr<share_rule> make_exclusive(const device_capacity& capacity) {
  return std::make_unique<exclusive>(capacity);
}
inline std::unique_ptr<share_rule> make_time_sliced(const device_capacity& capacity) {
  return time_sliced::make(capacity, {}).value();
}
inline std::unique_ptr<share_rule> make_space(const device_capacity& capacity) {
  return space_partitioned::make(capacity, {}).value();
}
inline std::unique_ptr<share_rule> make_collaborative(const device_capacity& capacity) {
  return collaborative::make(capacity, {}).value();
}

inline std::unique_ptr<share_rule> make_pipeline(const device_capacity& capacity) {
  return pipeline::make(capacity, {}).value();
}

inline share_sim sim_of(const maker& make, std::uint32_t units = 4) {
  const auto config = device_of(units);
  return share_sim{config, make(config.capacity)};
}

struct named_maker {
  const char* name;
  maker make;
  bool side_by_side = false;
};

inline const std::vector<named_maker>& all_patterns() {
  static const std::vector<named_maker> all{{"Exclusive", make_exclusive},
                                            {"TimeSliced", make_time_sliced},
                                            {"SpacePartitioned", make_space, true},
                                            {"Pipeline", make_pipeline, true},
                                            {"Collaborative", make_collaborative, true}};
  return all;
}

}  // namespace dunlin::sim
