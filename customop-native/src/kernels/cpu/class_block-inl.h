// The class kernels of one instruction-set level. The including unit defines ORTNCE_LANES,
// ORTNCE_ROWS (classes of a register tile), ORTNCE_VECTORS (vectors of examples), ORTNCE_LEVEL (name) and
// ORTNCE_CLASS_KERNELS (variable).
#pragma once

#include "kernels/cpu/class_block.h"
#include "kernels/cpu/logits_tile-inl.h"

namespace ortnce::kernels::cpu {
namespace {

/// How far above the greatest logit a new reference is set: the sum is rescaled once in so many
/// units, and z - reference, whose rounding is an error of exp, stays small where it counts.
constexpr float kHeadroom = 4;
constexpr float kGreatest = 0x1.fffffep127f;

/// Whether any lane is not 0.
template <int Width = kLanes / 2>
bool any(Ints x) {
  Ints from;
  for (int i = 0; i < kLanes; ++i) from[i] = (i + Width) % kLanes;
  const Ints joined = x | __builtin_shuffle(x, from);
  if constexpr (Width == 1) {
    return joined[0] != 0;
  } else {
    return any<Width / 2>(joined);
  }
}

inline Ints load_ints(const int32_t* from) { return (Ints)load(reinterpret_cast<const float*>(from)); }
inline void store_ints(int32_t* to, Ints x) { store(reinterpret_cast<float*>(to), (Floats)x); }

/// The same vectors of doubles at any address.
using LooseDoubles = double __attribute__((vector_size(8 * ORTNCE_LANES), aligned(8), may_alias));
inline Doubles load_doubles(const double* from) { return *reinterpret_cast<const LooseDoubles*>(from); }
inline void store_doubles(double* to, Doubles x) { *reinterpret_cast<LooseDoubles*>(to) = x; }

/// A row of a tile of logits.
inline float* row_of(float* logits, int row, int vector) { return logits + row * kWidth + vector * kLanes; }
inline const float* row_of(const float* logits, int row, int vector) { return logits + row * kWidth + vector * kLanes; }

/// Counts, for every label, the classes [first, first + rows) that outrank it.
template <int Vectors>
void count_larger(const float* logits, int64_t first, int rows, const PanelLabels& labels) {
  for (int64_t j = 0; j < labels.num_true; ++j) {
    for (int v = 0; v < Vectors; ++v) {
      const int64_t at = j * labels.stride + v * kLanes;
      const Ints places = load_ints(labels.places + at);
      const Floats before = load(labels.logits + at), behind = load(labels.next_logits + at);
      Ints count = load_ints(labels.larger_counts + at);
      for (int m = 0; m < rows; ++m) {
        const Floats least = places > static_cast<int32_t>(first + m) ? before : behind;
        count -= load(row_of(logits, m, v)) >= least;
      }
      store_ints(labels.larger_counts + at, count);
    }
  }
}

/// Sets the logits of labels among the classes [first, first + rows) to -infinity, whose softplus and
/// exponential are 0.
template <int Vectors>
void mask_labels(float* logits, int64_t first, int rows, const PanelLabels& labels) {
  Ints inside = {};
  for (int64_t j = 0; j < labels.num_true; ++j) {
    for (int v = 0; v < Vectors; ++v) {
      const Ints places = load_ints(labels.places + j * labels.stride + v * kLanes);
      inside |= (places >= static_cast<int32_t>(first)) & (places < static_cast<int32_t>(first + rows));
    }
  }
  if (!any(inside)) return;
  for (int64_t j = 0; j < labels.num_true; ++j) {
    for (int lane = 0; lane < Vectors * kLanes; ++lane) {
      const int64_t place = labels.places[j * labels.stride + lane];
      if (place >= first && place < first + rows) logits[(place - first) * kWidth + lane] = kMinusInfinity;
    }
  }
}

/// sums += exp(logit - reference) for rows of an even number; raises references where a logit is
/// above.
template <int Vectors>
void add_exponentials(const float* logits, int rows, float* references, double* sums) {
  for (int v = 0; v < Vectors; ++v) {
    Floats reference = load(references + v * kLanes), greatest = reference;
    for (int m = 0; m < rows; ++m) {
      const Floats logit = load(row_of(logits, m, v));
      greatest = logit > greatest ? logit : greatest;
    }
    Doubles sum = load_doubles(sums + v * kLanes);
    const Ints above = greatest > reference;
    if (any(above)) {
      const Floats raised = greatest + kHeadroom > kGreatest ? broadcast(kGreatest) : greatest + kHeadroom;
      const Floats next = above ? raised : reference;
      sum *= __builtin_convertvector(exp_minus_abs(reference - next), Doubles);
      reference = next;
      store(references + v * kLanes, reference);
    }
    // Only an infinite logit is above the reference now.
    const auto term = [&](int m) {
      const Floats difference = load(row_of(logits, m, v)) - reference;
      return difference > 0 ? difference : exp_minus_abs(difference);
    };
    for (int m = 0; m < rows; m += 2) sum += __builtin_convertvector(term(m) + term(m + 1), Doubles);
    store_doubles(sums + v * kLanes, sum);
  }
}

/// Up to this many examples, classes in the lanes cost less than lanes that hold no example.
constexpr int64_t kFewExamples = kLanes / 2;

/// A square of numbers: kLanes from each of the rows[c * dim], transposed. What is missing of `count`
/// rows and `depth` columns is 0.
inline void load_square(const float* rows, int64_t dim, int64_t count, int64_t depth, Floats* square) {
  if (count == kLanes && depth >= kLanes) {
#pragma GCC unroll 16
    for (int c = 0; c < kLanes; ++c) square[c] = load(rows + c * dim);
  } else {
    alignas(64) float padded[kLanes * kLanes] = {};
    for (int64_t c = 0; c < count; ++c) {
      for (int64_t i = 0; i < depth && i < kLanes; ++i) padded[c * kLanes + i] = rows[c * dim + i];
    }
#pragma GCC unroll 16
    for (int c = 0; c < kLanes; ++c) square[c] = load(padded + c * kLanes);
  }
  transpose(square);
}

/// Logits of the classes rows[0 .. count), count <= kLanes, one a lane, for examples [0, examples) of
/// the panel. Logit c of example e goes to logits[c * kWidth + e]. Meanwhile fetches as many rows from
/// `ahead` on, unless that is null.
inline void few_logits(const float* panel, int64_t dim, int64_t examples, const float* rows, int64_t count,
                       const float* biases, const float* ahead, float* logits) {
  static_assert(kChain % kLanes == 0, "a square lies in one chain");
  Floats total[kFewExamples] = {}, sum[kFewExamples] = {};
  for (int64_t d = 0; d < dim; d += kLanes) {
    for (int64_t c = 0; ahead != nullptr && c < count; ++c) __builtin_prefetch(ahead + d * count + c * kLanes, 0, 2);
    Floats square[kLanes];
    load_square(rows + d, dim, count, dim - d, square);
    for (int64_t e = 0; e < examples; ++e) {
      const float* const x = panel + d * kWidth + e;
      Floats chain = sum[e];
      if (dim - d >= kLanes) {
#pragma GCC unroll 16
        for (int i = 0; i < kLanes; ++i) chain = multiply_add(square[i], broadcast_lane(x + i * kWidth), chain);
      } else {
#pragma GCC unroll 16
        for (int i = 0; i < kLanes; ++i) {
          if (i < dim - d) chain = multiply_add(square[i], broadcast_lane(x + i * kWidth), chain);
        }
      }
      sum[e] = chain;
      if ((d + kLanes) % kChain == 0 || d + kLanes >= dim) {
        total[e] = d < kChain ? sum[e] : total[e] + sum[e];
        sum[e] = Floats{};
      }
    }
  }
  float lanes[kLanes] = {};
  for (int64_t c = 0; c < count; ++c) lanes[c] = biases[c];
  const Floats bias = load(lanes);
  for (int64_t e = 0; e < examples; ++e) {
    store(lanes, total[e] + bias);
    for (int64_t c = 0; c < count; ++c) logits[c * kWidth + e] = lanes[c];
  }
}

/// Calls visit(first, rows, logits) for the register tiles of a tile, one vector of examples.
template <class Visit>
void for_each_few_logits(const float* panel, int64_t dim, int64_t examples, const ClassTile& tile, Visit visit) {
  constexpr int64_t kBlock = int64_t{kRows} * kLanes;  // whole register tiles, and whole squares
  alignas(64) float logits[kBlock * kWidth] = {};
  for (int64_t begin = 0; begin < tile.count; begin += kBlock) {
    const int64_t end = tile.count - begin < kBlock ? tile.count : begin + kBlock;
    for (int64_t c = begin; c < end; c += kLanes) {
      const float* const ahead = tile.next_rows == nullptr ? nullptr : tile.next_rows + c * dim;
      few_logits(panel, dim, examples, tile.rows + c * dim, end - c < kLanes ? end - c : kLanes, tile.biases + c, ahead,
                 logits + (c - begin) * kWidth);
    }
    for (int64_t first = begin; first < end; first += kRows) {
      const int rows = static_cast<int>(end - first < kRows ? end - first : kRows);
      visit(tile.first + first, rows, logits + (first - begin) * kWidth);
    }
  }
}

/// Calls visit(first, rows, logits) for the register tiles of a tile.
template <int Vectors, class Visit>
void for_each_register_tile(const float* panel, int64_t dim, int64_t examples, const ClassTile& tile, Visit visit) {
  if (Vectors == 1 && examples <= kFewExamples) return for_each_few_logits(panel, dim, examples, tile, visit);
  alignas(64) float logits[kRows * kWidth];
  for (int64_t first = 0; first < tile.count; first += kRows) {
    const int rows = static_cast<int>(tile.count - first < kRows ? tile.count - first : kRows);
    const bool fetch = tile.next_rows != nullptr;
    const float* const ahead = fetch ? tile.next_rows + first * dim : nullptr;
    logits_tile_of<RowOffsets, Vectors>(rows, fetch)(tile.rows + first * dim, dim, panel, dim, tile.biases + first,
                                                     logits, ahead);
    visit(tile.first + first, rows, logits);
  }
}

/// The sum of softplus over Rows rows of a tile of logits, added in a balanced tree.
template <int Rows>
[[gnu::always_inline]] inline SoftplusSum sum_of_rows(const float* logits) {
  if constexpr (Rows == 1) {
    return softplus_of(load(logits));
  } else {
    return sum_of_rows<Rows / 2>(logits) + sum_of_rows<Rows - Rows / 2>(logits + Rows / 2 * kWidth);
  }
}

/// Register tiles whose terms are summed in float before they join a sum in double.
constexpr int kGroupTiles = 4;
static_assert(kGroupTiles * kRows <= kMostTerms, "one logarithm a group");

template <int Vectors>
void add_tile_of(const float* panel, int64_t dim, int64_t examples, const ClassTile& tile, const PanelLabels& labels,
                 const PanelSums& sums) {
  SoftplusSum group[Vectors];
  int tiles = 0;  // in the group so far
  const auto end_group = [&] {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) {
      Doubles sum = load_doubles(sums.softplus_sums + v * kLanes);
      add_to(sum, group[v]);
      store_doubles(sums.softplus_sums + v * kLanes, sum);
    }
    tiles = 0;
  };
  for_each_register_tile<Vectors>(panel, dim, examples, tile, [&](int64_t first, int rows, float* logits) {
    if (labels.larger_counts != nullptr) count_larger<Vectors>(logits, first, rows, labels);
    mask_labels<Vectors>(logits, first, rows, labels);
    for (; rows < kRows; ++rows) {
      for (int v = 0; v < Vectors; ++v) store(row_of(logits, rows, v), broadcast(kMinusInfinity));
    }
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) {
      const SoftplusSum of_tile = sum_of_rows<kRows>(row_of(logits, 0, v));
      group[v] = tiles == 0 ? of_tile : group[v] + of_tile;
    }
    if (++tiles == kGroupTiles) end_group();
    if (sums.exp_sums != nullptr) add_exponentials<Vectors>(logits, rows, sums.references, sums.exp_sums);
  });
  if (tiles > 0) end_group();
}

/// The lanes in which some of the rows [begin, end) pass.
template <int Vectors>
Ints passing_rows(const float* logits, int begin, int end, const float* thresholds) {
  Ints passing = {};
  for (int v = 0; v < Vectors; ++v) {
    const Floats threshold = load(thresholds + v * kLanes);
    for (int m = begin; m < end; ++m) passing |= ~(load(row_of(logits, m, v)) <= threshold);
  }
  return passing;
}

template <int Vectors>
void filter_tile_of(const float* panel, int64_t dim, int64_t examples, const ClassTile& tile,
                    const PanelFilter& filter) {
  for_each_register_tile<Vectors>(panel, dim, examples, tile, [&](int64_t first, int rows, const float* logits) {
    if (!any(passing_rows<Vectors>(logits, 0, rows, filter.thresholds))) return;
    for (int m = 0; m < rows; ++m) {
      if (!any(passing_rows<Vectors>(logits, m, m + 1, filter.thresholds))) continue;
      for (int64_t lane = 0; lane < examples; ++lane) {
        const float logit = logits[m * kWidth + lane];
        if (!(logit <= filter.thresholds[lane])) filter.accept(filter.state, lane, first + m, logit);
      }
    }
  });
}

void paired_logits(const float* panel, const float* rows, int64_t dim, const float* biases, float* logits) {
  for (int v = 0; v < kVectors; ++v) {
    const float *const x = panel + v * kLanes, *const w = rows + v * kLanes;
    Floats total = {};
    for (int64_t begin = 0; begin == 0 || begin < dim; begin += kChain) {
      const int64_t end = dim - begin < kChain ? dim : begin + kChain;
      Floats sum = {};
      for (int64_t d = begin; d < end; ++d) sum = multiply_add(load(w + d * kWidth), load(x + d * kWidth), sum);
      total = begin == 0 ? sum : total + sum;
    }
    store(logits + v * kLanes, total + load(biases + v * kLanes));
  }
}

template <int Count>
struct VectorCount {
  static constexpr int value = Count;
};

/// Calls body(VectorCount) with as many vectors as hold `examples`: part of a panel costs as much less.
template <int Vectors = kVectors, class Body>
void with_vectors_of(int64_t examples, Body body) {
  if constexpr (Vectors > 1) {
    if (examples <= (Vectors - 1) * kLanes) return with_vectors_of<Vectors - 1>(examples, body);
  }
  body(VectorCount<Vectors>{});
}

void add_tile(const float* panel, int64_t dim, int64_t examples, const ClassTile& tile, const PanelLabels& labels,
              const PanelSums& sums) {
  with_vectors_of(examples,
                  [&](auto vectors) { add_tile_of<vectors.value>(panel, dim, examples, tile, labels, sums); });
}

void filter_tile(const float* panel, int64_t dim, int64_t examples, const ClassTile& tile, const PanelFilter& filter) {
  with_vectors_of(examples, [&](auto vectors) { filter_tile_of<vectors.value>(panel, dim, examples, tile, filter); });
}

}  // namespace

const ClassBlockKernels ORTNCE_CLASS_KERNELS = {
    ORTNCE_LEVEL, kWidth, kGroupTiles* kRows, &pack_panel, &paired_logits, &add_tile, &filter_tile,
};

}  // namespace ortnce::kernels::cpu
