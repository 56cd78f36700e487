#include "kernels/class_scan.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>

#include "kernels/class_products.h"
#include "platform/libm.h"

namespace ortnce::kernels {
namespace {

/// Tasks of a scan: enough for 16 threads to end at about the same time.
constexpr int64_t kTasks = 64;

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

}  // namespace

ClassScan::ClassScan(const ClassScanProblem& problem, bool log_sum_exps, bool ranks)
    : problem_(problem),
      products_(class_products(*problem.table, problem.inputs, problem.dim)),
      kernels_(class_kernels(products_)),
      panels_(kernels_, problem.batch, products_.dim()),
      tiles_(kernels_, *problem.table, products_),
      log_sum_exps_(log_sum_exps),
      ranks_(ranks) {
  const int64_t chunks = chunk_count(problem.class_end - problem.class_begin);
  const int64_t wanted = std::max<int64_t>(kTasks / std::max<int64_t>(panels_.groups, 1), 1);
  slots_ = std::max<int64_t>(std::min(chunks, wanted), 1);
}

void ClassScan::lay_out(void* workspace, CheckedBytes* bytes) {
  const int64_t padded = panels_.padded(), num_true = problem_.num_true;
  const int64_t ranked = ranks_ ? num_true : 0, exponentials = log_sum_exps_ ? padded : 0;
  packed_ = bytes->take<float>(workspace, padded, products_.dim());
  packed_labels_ = bytes->take<float>(workspace, padded, products_.dim());
  zeros_ = bytes->take<float>(workspace, tiles_.rows());
  tile_rows_ = tiles_.take_scratch(bytes, workspace, slots_ * panels_.groups);
  thresholds_ = bytes->take<float>(workspace, 2, ranked, padded);
  places_ = bytes->take<int32_t>(workspace, slots_, num_true, padded);
  larger_counts_ = bytes->take<int32_t>(workspace, slots_, ranked, padded);
  softplus_sums_ = bytes->take<double>(workspace, slots_, padded);
  exp_sums_ = bytes->take<double>(workspace, slots_, exponentials);
  references_ = bytes->take<float>(workspace, slots_, exponentials);
}

bool ClassScan::workspace(size_t* bytes) {
  CheckedBytes sum;
  lay_out(nullptr, &sum);
  *bytes = sum.total();
  return sum.fits();
}

Executor& ClassScan::workers(double work) {
  if (work > kParallelWork) return *executor_;
  return serial_;
}

void ClassScan::begin(void* workspace, Executor& executor) {
  CheckedBytes bytes;
  lay_out(workspace, &bytes);
  executor_ = &executor;
  std::fill_n(zeros_, tiles_.rows(), 0.0f);
  const double floats = static_cast<double>(problem_.batch) * static_cast<double>(problem_.dim);
  parallel_for(floats > kParallelFloats ? executor : serial_, panels_.panels, [&](int64_t panel) {
    pack_examples(
        kernels_, panels_, panel, products_.read_as(problem_.inputs.type),
        [&](int64_t example) { return products_.row(problem_.inputs, example); }, packed_);
  });
}

void ClassScan::true_logits(float* logits) {
  const int64_t num_true = problem_.num_true, width = panels_.width;
  const ClassTable& table = *problem_.table;
  const double products = static_cast<double>(problem_.batch * num_true) * static_cast<double>(problem_.dim);
  parallel_for(workers(4 * products), panels_.panels, [&](int64_t panel) {
    const int64_t first = panel * width, count = panels_.count(panel), place = first * products_.dim();
    alignas(64) float of_panel[kMostPanelWidth], biases[kMostPanelWidth] = {};
    for (int64_t j = 0; j < num_true; ++j) {
      // A label outside has the row of another class, whose logit is dropped.
      const auto entry = [&](int64_t example) {
        const int64_t label = problem_.labels[example * num_true + j];
        return in_range(label) ? label - problem_.class_begin : 0;
      };
      pack_examples(
          kernels_, panels_, panel, products_.read_as(table.type()), [&](int64_t example) { return table.row(entry(example)); },
          packed_labels_);
      for (int64_t e = 0; e < count; ++e) biases[e] = table.bias(entry(first + e));
      kernels_.paired_logits(packed_ + place, packed_labels_ + place, products_.dim(), biases, of_panel);
      for (int64_t e = 0; e < count; ++e) {
        const int64_t at = (first + e) * num_true + j;
        logits[at] = in_range(problem_.labels[at]) ? of_panel[e] + 0.0f : 0.0f;
      }
    }
  });
}

void ClassScan::set_thresholds(const float* logits) {
  const int64_t num_true = problem_.num_true, padded = panels_.padded();
  float *const equal = thresholds_, *const above = thresholds_ + num_true * padded;
  std::fill_n(thresholds_, 2 * num_true * padded, kNan);  // nothing outranks it
  for (int64_t i = 0; i < problem_.batch; ++i) {
    for (int64_t j = 0; j < num_true; ++j) {
      const float logit = logits[i * num_true + j];
      if (problem_.labels[i * num_true + j] == kIgnoredLabel) continue;
      equal[j * padded + i] = logit;
      if (logit < std::numeric_limits<float>::infinity()) {
        above[j * padded + i] = std::nextafterf(logit, std::numeric_limits<float>::infinity());
      }
    }
  }
}

void ClassScan::set_places(int64_t chunk, int64_t slot, int64_t panel) {
  const int64_t num_true = problem_.num_true, padded = panels_.padded();
  const int64_t begin = problem_.class_begin + chunk * kChunkClasses;
  for (int64_t j = 0; j < num_true; ++j) {
    int32_t* const places = places_ + (slot * num_true + j) * padded + panel * panels_.width;
    std::fill_n(places, panels_.width, -1);
    for (int64_t e = 0; e < panels_.count(panel); ++e) {
      const int64_t label = problem_.labels[(panel * panels_.width + e) * num_true + j];
      if (label < begin) continue;  // an ignored label too
      places[e] = label - begin < kChunkClasses ? static_cast<int32_t>(label - begin) : INT32_MAX;
    }
  }
}

void ClassScan::scan_group(int64_t chunk, int64_t slot, int64_t group, const ChunkResults& results) {
  const int64_t num_true = problem_.num_true, padded = panels_.padded(), width = panels_.width;
  panels_.for_each(group, [&](int64_t panel) {
    const int64_t at = slot * padded + panel * width;
    set_places(chunk, slot, panel);
    std::fill_n(softplus_sums_ + at, width, 0.0);
    for (int64_t j = 0; ranks_ && j < num_true; ++j) {
      std::fill_n(larger_counts_ + (slot * num_true + j) * padded + panel * width, width, 0);
    }
    if (!log_sum_exps_) return;
    std::fill_n(exp_sums_ + at, width, 0.0);
    std::fill_n(references_ + at, width, -FLT_MAX);
  });
  const int64_t begin = chunk * kChunkClasses;
  const int64_t end = std::min(begin + kChunkClasses, problem_.class_end - problem_.class_begin);
  float* const scratch = tiles_.scratch_of(tile_rows_, slot * panels_.groups + group);
  tiles_.for_each(begin, end, begin, zeros_, scratch, [&](cpu::ClassTile tile) {
    panels_.for_each(group, [&](int64_t panel) {
      const int64_t column = panel * width, at = slot * padded + column, labels_at = slot * num_true * padded + column;
      const cpu::PanelLabels labels{num_true,
                                    padded,
                                    places_ + labels_at,
                                    thresholds_ + column,
                                    thresholds_ + num_true * padded + column,
                                    ranks_ ? larger_counts_ + labels_at : nullptr};
      const cpu::PanelSums sums{softplus_sums_ + at, references_ + at, log_sum_exps_ ? exp_sums_ + at : nullptr};
      kernels_.add_tile(packed_ + column * products_.dim(), products_.dim(), panels_.count(panel), tile, labels, sums);
      tile.next_rows = nullptr;  // once is enough
    });
  });
  panels_.for_each(group, [&](int64_t panel) {
    for (int64_t e = 0; e < panels_.count(panel); ++e) {
      const int64_t example = panel * width + e, at = slot * padded + example;
      const int64_t result = example * results.stride + slot;
      results.softplus_sums[result] = softplus_sums_[at];
      if (!log_sum_exps_) continue;
      const double sum = exp_sums_[at];
      results.log_sum_exps[result] =
          sum == 0 ? kMinusInfinity : static_cast<double>(references_[at]) + platform::log(sum);
    }
  });
}

void ClassScan::add_counts(int64_t first, int64_t count, const float* logits, int64_t* larger_counts) const {
  const int64_t num_true = problem_.num_true, padded = panels_.padded();
  const int64_t begin = problem_.class_begin + first * kChunkClasses;
  const int64_t end = std::min(begin + count * kChunkClasses, problem_.class_end);
  for (int64_t i = 0; i < problem_.batch; ++i) {
    for (int64_t j = 0; j < num_true; ++j) {
      const int64_t at = i * num_true + j, label = problem_.labels[at];
      for (int64_t slot = 0; slot < count; ++slot) {
        larger_counts[at] += larger_counts_[(slot * num_true + j) * padded + i];
      }
      // No class compares as greater than NaN, which is last.
      if (label == kIgnoredLabel || !std::isnan(logits[at])) continue;
      larger_counts[at] += end - begin - (label >= begin && label < end ? 1 : 0);
    }
  }
}

void ClassScan::scan(int64_t first, int64_t count, const float* logits, const ChunkResults& results) {
  if (problem_.batch == 0) return;
  if (ranks_) set_thresholds(logits);
  const double classes =
      static_cast<double>(std::min(problem_.class_end - problem_.class_begin, count * kChunkClasses));
  const double work = static_cast<double>(problem_.batch) * classes * (static_cast<double>(problem_.dim) + 16);
  parallel_for(workers(work), count * panels_.groups, [&](int64_t task) {
    const int64_t slot = task / panels_.groups;
    scan_group(first + slot, slot, task % panels_.groups, results);
  });
  if (ranks_) add_counts(first, count, logits, results.larger_counts);
}

}  // namespace ortnce::kernels
