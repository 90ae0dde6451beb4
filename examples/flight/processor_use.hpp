// SPDX-License-Identifier: Apache-2.0
// How much of the machine the flight had: a speed-up says little without it.
#pragma once

#include <string_view>

namespace dunlin::flight {

/// Processor time that has been used so far.
struct processor_use {
  double machine_seconds = 0;  ///< by all programs of the machine
  double own_seconds = 0;      ///< by this process and its children that have ended
};

/// Returns the seconds in which processors were busy, from the text of `/proc/stat`, given its ticks per second; time
/// that a hypervisor kept for itself counts. 0 if the text is something else.
double busy_seconds(std::string_view proc_stat, long ticks_per_second);

/// Reads the clocks. Thread: any.
processor_use read_processor_use();

/// Returns how many processors other programs kept busy on average in `seconds` between two readings.
double others_share(const processor_use& before, const processor_use& after, double seconds);

}  // namespace dunlin::flight
