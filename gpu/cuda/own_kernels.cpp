// SPDX-License-Identifier: Apache-2.0
// The machine code of gpu/cuda/kernels, put here by the assembler: DUNLIN_FATBINS is the folder that nvcc wrote it to.
#include "gpu/cuda/kernel_code.hpp"

#define DUNLIN_TEXT(x) #x
#define DUNLIN_TEXT_OF(x) DUNLIN_TEXT(x)
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): only the preprocessor can put a name into the assembler's text.
#define DUNLIN_IMAGE(name)                                                                                          \
  __asm__(".section .rodata\n.balign 16\n.hidden dunlin_" #name "_begin\n.hidden dunlin_" #name                     \
          "_end\n"                                                                                                  \
          ".globl dunlin_" #name "_begin\n.globl dunlin_" #name                                                     \
          "_end\n"                                                                                                  \
          "dunlin_" #name "_begin:\n.incbin \"" DUNLIN_TEXT_OF(DUNLIN_FATBINS) "/" #name ".fatbin\"\ndunlin_" #name \
                                                                               "_end:\n.previous\n");               \
  extern "C" const std::byte dunlin_##name##_begin[];                                                               \
  extern "C" const std::byte dunlin_##name##_end[];

DUNLIN_IMAGE(elementwise)
DUNLIN_IMAGE(gates)
DUNLIN_IMAGE(halves)
DUNLIN_IMAGE(kmeans)
DUNLIN_IMAGE(reductions)
DUNLIN_IMAGE(top_k)

namespace dunlin::cuda {

std::span<const std::span<const std::byte>> own_kernel_images() {
  static const std::array<std::span<const std::byte>, 6> images{{
      {dunlin_elementwise_begin, dunlin_elementwise_end},
      {dunlin_gates_begin, dunlin_gates_end},
      {dunlin_halves_begin, dunlin_halves_end},
      {dunlin_kmeans_begin, dunlin_kmeans_end},
      {dunlin_reductions_begin, dunlin_reductions_end},
      {dunlin_top_k_begin, dunlin_top_k_end},
  }};
  return images;
}

}  // namespace dunlin::cuda
