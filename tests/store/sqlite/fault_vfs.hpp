// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dunlin::testing {

class fault_disk;

/// Makes SQLite open its files through `disk`: it hears of every change, and the changes it allows go to real files.
void mount(fault_disk& disk);
void unmount();

}  // namespace dunlin::testing
