// The part of a pass over all classes that is compiled once per instruction set. Examples are the
// columns of packed panels, one a lane; the embedding rows of the classes are read where they lie.
#pragma once

#include <cstdint>

#include "kernels/element_type.h"

namespace ortnce::kernels::cpu {

/// Consecutive classes of a chunk.
struct ClassTile {
  const float* rows;    // [count, D]
  const float* biases;  // [count]
  int64_t first;        // place of the first class in its chunk
  int64_t count;
  const float* next_rows;  // to be fetched meanwhile: they are wanted next; null = nothing
};

/// The labels of a panel of examples, as the classes of one chunk see them. Label j of lane e lies at
/// [j * stride + e].
struct PanelLabels {
  int64_t num_true;
  int64_t stride;
  const int32_t* places;     // place of the label in the chunk; -1 before it or ignored, INT32_MAX behind it
  const float* logits;       // a class before the label outranks it from this logit on
  const float* next_logits;  // a class behind the label outranks it from this logit on
  int32_t* larger_counts;    // += the classes that outrank the label; null = not wanted
};

/// What a panel of examples has summed up over the classes of a chunk that are none of its labels,
/// [panel_width] each.
struct PanelSums {
  double* softplus_sums;  // += softplus(z)
  float* references;      // what exp_sums refers to: above all finite logits so far; starts at -FLT_MAX
  double* exp_sums;       // += exp(z - reference); null = not wanted
};

/// What happens to a class whose logit may be among the greatest of an example: `accept` may raise
/// thresholds[lane]. Classes of a lane come in ascending order.
struct PanelFilter {
  const float* thresholds;  // [panel_width] logits that are not above are passed by; NaN passes none by
  void (*accept)(void* state, int64_t lane, int64_t place, float logit);
  void* state;
};

/// The kernels of one instruction-set level. Plain pointers in, no allocation, no errors. `panel` is
/// [D, panel_width], of which the first `examples` columns count.
///
/// Every logit comes of one chain of operations, whatever the function, the panel and the tile: equal
/// numbers give equal bits.
struct ClassBlockKernels {
  const char* level;

  /// Examples in a panel.
  int64_t panel_width;

  /// Classes whose terms are summed in float before they join a sum in double. Tiles begin at multiples
  /// of so many in their chunk, so that they do not change the sums.
  int64_t tile_rows;

  /// Packs rows[0 .. count) of length `dim`, count <= panel_width, as panel [dim, panel_width];
  /// missing columns are zero.
  void (*pack_panel)(ElementType type, const void* const* rows, int64_t count, int64_t dim, float* panel);

  /// logits[e] = column e of `panel` . column e of `rows` + biases[e], [panel_width].
  void (*paired_logits)(const float* panel, const float* rows, int64_t dim, const float* biases, float* logits);

  /// Adds the classes of a tile to the sums of a panel.
  void (*add_tile)(const float* panel, int64_t dim, int64_t examples, const ClassTile& tile, const PanelLabels& labels,
                   const PanelSums& sums);

  /// Hands the classes of a tile that pass the thresholds to the filter's `accept`.
  void (*filter_tile)(const float* panel, int64_t dim, int64_t examples, const ClassTile& tile,
                      const PanelFilter& filter);
};

extern const ClassBlockKernels kBaselineClassKernels;
#ifdef __x86_64__
extern const ClassBlockKernels kAvx2ClassKernels;
extern const ClassBlockKernels kAvx512ClassKernels;
extern const ClassBlockKernels kAvx512Bf16ClassKernels;  // of pairs
#elif defined(__aarch64__)
extern const ClassBlockKernels kNeonClassKernels;
#endif

}  // namespace ortnce::kernels::cpu
