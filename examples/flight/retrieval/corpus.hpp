// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "coordination/result.hpp"
#include "examples/flight/retrieval/passage.hpp"

namespace dunlin::flight::retrieval {

/// Where documents lie.
struct source {
  std::string directory;
  std::string extension;  ///< such as ".md"; empty takes every file
  bool below = true;      ///< the folders below as well
};

/// Returns the regular files of the directory, and below it if the source says so, that have the extension, sorted by
/// path. Links are left out, so that no document counts twice, and so are folders whose name starts with a dot. Errors:
/// not_found (no such directory), io_failed.
result<std::vector<std::string>> list_documents(const source& from);

/// Returns the text of a document; bytes that are no UTF-8 are replaced by '?' one by one, so that
/// offsets stay. Errors: not_found, too_large (over 16 MiB).
result<std::string> read_document(const std::string& path);

/// Reads all documents of all sources and cuts them into passages. Errors: as the two above.
result<std::vector<passage>> read_corpus(const std::vector<source>& sources);

}  // namespace dunlin::flight::retrieval
