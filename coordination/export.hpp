// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Marks a declaration as visible outside its shared library; everything else is hidden.
#define DUNLIN_EXPORT __attribute__((visibility("default")))
