// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "coordination/ports.hpp"

namespace dunlin {

/// Returns where the CUDA module is looked for: `DUNLIN_CUDA_MODULE` if set, else `libdunlin_cuda.so` beside the
/// library that holds this code.
DUNLIN_EXPORT std::string cuda_module_path();

struct module_devices;
struct module_opening;

/// Loads a device module and opens its devices. A module stays loaded until the process
/// ends, because devices may be in use anywhere. Errors, each with a one-line reason: not_found (no module, no driver,
/// no GPU), version_mismatch (built for another version or by another compiler), malformed (no module at all).
DUNLIN_EXPORT result<module_opening> load_device_module(const std::string& path, const module_devices& wanted);

}  // namespace dunlin
