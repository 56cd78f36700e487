// One pass of a batch over all classes, or over a range of them: what the losses over all classes and
// the ranks of the labels are made of. No [B, V] logits are ever in memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/class_table.h"
#include "kernels/class_tiles.h"
#include "kernels/example_panels.h"
#include "kernels/labels.h"
#include "kernels/parallel.h"
#include "kernels/row_products.h"

namespace ortnce::kernels {

/// Classes of a chunk. Chunks begin at multiples of this class id; sums are formed chunk by chunk, so
/// that they do not depend on threads or on how the classes are spread over processes. Part of the
/// contract of FullSigmoidLossShard.
inline constexpr int64_t kChunkClasses = 8192;

/// The chunks of `classes` classes.
inline int64_t chunk_count(int64_t classes) { return ceil_div(classes, kChunkClasses); }

/// A batch against a range of the classes. All arrays are the caller's and outlive the scan.
struct ClassScanProblem {
  int64_t batch = 0;
  int64_t num_true = 0;
  int64_t dim = 0;
  Inputs inputs;                      // [B, D]
  const int64_t* labels = nullptr;    // [B, T] class ids or kIgnoredLabel
  const ClassTable* table = nullptr;  // entry 0 is class class_begin
  int64_t class_begin = 0;            // a multiple of kChunkClasses
  int64_t class_end = 0;              // above class_begin
};

/// What a scan gives. Sums leave out the labels of the example, whose terms the losses take from the
/// logits of the labels: large ones would cancel.
struct ChunkResults {
  int64_t stride;          // from one example to the next
  double* softplus_sums;   // [B, chunks] sum of softplus(z)
  double* log_sum_exps;    // [B, chunks] log of the sum of exp(z), -infinity for no class; null = not wanted
  int64_t* larger_counts;  // [B, T] += classes that come before the label in order of falling logits, equal
                           // ones in order of their ids, NaN last; null = not wanted
};

/// Use: construct, workspace(), begin(), then true_logits() and scan() as wanted.
class ClassScan {
 public:
  /// `log_sum_exps`, `ranks`: what scan() will be asked for.
  ClassScan(const ClassScanProblem& problem, bool log_sum_exps, bool ranks);

  /// Bytes of scratch: O(B D), independent of the classes. Returns false if that overflows.
  bool workspace(size_t* bytes);

  /// `workspace`: as many bytes, aligned to 64; all calls use it and `executor`.
  void begin(void* workspace, Executor& executor);

  /// logits[i, j] = x_i . w[y_ij] + b[y_ij], [B, T]: the bits that scan() meets, but +0 for -0. 0 for
  /// labels that are ignored or outside of the range.
  void true_logits(float* logits);

  /// The most chunks of one scan().
  int64_t most_chunks() const { return slots_; }

  /// Scans the chunks [first, first + count) of the range, count <= most_chunks(). `logits`: those of
  /// all labels, [B, T]; null without ranks.
  void scan(int64_t first, int64_t count, const float* logits, const ChunkResults& results);

 private:
  void lay_out(void* workspace, CheckedBytes* bytes);
  Executor& workers(double work);
  bool in_range(int64_t label) const { return label >= problem_.class_begin && label < problem_.class_end; }
  void set_thresholds(const float* logits);
  void set_places(int64_t chunk, int64_t slot, int64_t panel);
  void scan_group(int64_t chunk, int64_t slot, int64_t group, const ChunkResults& results);
  void add_counts(int64_t first, int64_t count, const float* logits, int64_t* larger_counts) const;

  const ClassScanProblem& problem_;
  RowProducts products_;
  const cpu::ClassBlockKernels& kernels_;
  ExamplePanels panels_;
  ClassTiles tiles_;
  bool log_sum_exps_, ranks_;
  int64_t slots_;  // chunks that are scanned at a time
  Executor* executor_ = nullptr;
  SerialExecutor serial_;

  float* packed_ = nullptr;           // [panels, D, width]
  float* packed_labels_ = nullptr;    // [panels, D, width]
  float* zeros_ = nullptr;            // [rows of a tile]
  float* tile_rows_ = nullptr;        // [slots, groups, rows of a tile, D + 1] where rows are copied
  float* thresholds_ = nullptr;       // [2, T, padded] logits and next_logits of PanelLabels
  int32_t* places_ = nullptr;         // [slots, T, padded]
  int32_t* larger_counts_ = nullptr;  // [slots, T, padded]
  double* softplus_sums_ = nullptr;   // [slots, padded]
  double* exp_sums_ = nullptr;        // [slots, padded]
  float* references_ = nullptr;       // [slots, padded]
};

}  // namespace ortnce::kernels
