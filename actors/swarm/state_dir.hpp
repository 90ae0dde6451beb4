// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "coordination/result.hpp"

namespace dunlin {

/// Creates the directory with its parents, for its owner only. Errors: io_failed (not a directory, not writable),
/// forbidden (it belongs to another user, or others may write in it).
DUNLIN_EXPORT result<void> prepare_state_dir(const std::string& path);

/// Returns `$XDG_STATE_HOME/dunlin`, or `~/.local/state/dunlin`.
DUNLIN_EXPORT std::string default_state_dir();

/// Returns where all of a user's processes on this host meet: `$XDG_RUNTIME_DIR/dunlin`, `/run/dunlin` for root, else
/// `/tmp/dunlin-UID`.
DUNLIN_EXPORT std::string default_run_dir();

}  // namespace dunlin
