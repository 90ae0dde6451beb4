// SPDX-License-Identifier: Apache-2.0
// What a device module, a shared library loaded at run time, and the program that loads it agree on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "coordination/ports.hpp"
#include "gpu/gpu_settings.hpp"

namespace dunlin {

/// Changes with every change of `device_module`.
inline constexpr std::uint32_t device_module_abi = 3;

/// What a node asks of the devices of a module.
struct module_devices {
  device_id first;                 ///< of the first one
  std::string run_directory = {};  ///< where the host's processes say which device is theirs; empty = nowhere
  std::string owner = {};          ///< what they read: the node's name
  gpu_settings settings = {};
};

/// The devices of a module that could be had.
struct module_opening {
  std::vector<std::shared_ptr<device_port>> devices;
  std::string unused = {};  ///< one line: why others are not used; empty if all are
};

/// Differs between builds whose C++ objects do not fit each other: another compiler, another layout of the port.
constexpr std::uint64_t device_module_digest() noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto mix = [&hash](std::uint64_t value) { hash = (hash ^ value) * 0x100000001b3U; };
  for (const char c : std::string_view{__VERSION__}) mix(static_cast<unsigned char>(c));
  for (const std::size_t size : {sizeof(device_properties), sizeof(device_step), sizeof(step_report), sizeof(error),
                                 sizeof(module_devices), sizeof(module_opening)})
    mix(size);
  return hash;
}

/// What a module offers. The first two members never move: they are read before anything else is trusted.
struct device_module {
  std::uint32_t abi = device_module_abi;
  std::uint64_t digest = device_module_digest();

  /// Opens every device that can be had. Errors: not_found (one line: no driver, no device), already_running (other
  /// nodes of this host have them all), io_failed. Throws nothing.
  result<module_opening> (*open)(const module_devices& wanted) noexcept = nullptr;
};

/// The one symbol that a module exports, as `extern "C"`: returns a description with static storage.
using device_module_entry = const device_module* (*)() noexcept;
inline constexpr const char* device_module_symbol = "dunlin_device_module";

}  // namespace dunlin
