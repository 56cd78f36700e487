// The k classes of the greatest logits of every example, exactly, without [B, V] logits in memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/class_table.h"
#include "kernels/class_tiles.h"
#include "kernels/example_panels.h"
#include "kernels/parallel.h"
#include "kernels/row_products.h"

namespace ortnce::kernels {

/// A batch against all classes of a table. All arrays are the caller's and outlive the search.
struct TopKProblem {
  int64_t batch = 0;
  int64_t dim = 0;
  int64_t classes = 0;
  int64_t k = 0;                  // 1 <= k <= classes
  Inputs inputs;                  // [B, D]
  const ClassTable* table = nullptr;
};

/// A class and its logit. The better one comes first: the greater logit, of equal logits the smaller
/// id; NaN is last.
struct RankedClass {
  float logit;
  int64_t id;
};

bool comes_before(const RankedClass& a, const RankedClass& b);

/// Use: construct, workspace(), run().
class TopKClasses {
 public:
  explicit TopKClasses(const TopKProblem& problem);

  /// Bytes of scratch: O(B (D + k)), independent of the classes. Returns false if that overflows.
  bool workspace(size_t* bytes);

  /// Writes ids, [B, k], the best first, and their logits, [B, k]. `workspace`: as many bytes, aligned
  /// to 64. The result does not depend on how `executor` spreads the work.
  void run(void* workspace, Executor& executor, int64_t* ids, float* logits);

 private:
  struct PanelState;

  void lay_out(void* workspace, CheckedBytes* bytes);
  void search(int64_t slice, int64_t group);
  void accept(int64_t list, float* threshold, const RankedClass& found);
  void merge(int64_t example, int64_t* ids, float* logits);

  const TopKProblem& problem_;
  RowProducts products_;
  const cpu::ClassBlockKernels& kernels_;
  ExamplePanels panels_;
  ClassTiles tiles_;
  int64_t slices_;         // ranges of classes
  int64_t slice_classes_;  // classes of a slice
  int64_t room_;           // entries of a list

  float* packed_ = nullptr;       // [panels, D, width]
  float* zeros_ = nullptr;        // [rows of a tile]
  float* tile_rows_ = nullptr;    // [slices, groups, rows of a tile, D + 1] where rows are copied
  float* thresholds_ = nullptr;   // [slices, padded]
  int64_t* sizes_ = nullptr;      // [slices, B] entries in use
  RankedClass* lists_ = nullptr;  // [slices, B, room]
};

}  // namespace ortnce::kernels
