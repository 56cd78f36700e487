#include "kernels/top_k_classes.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/class_products.h"

namespace ortnce::kernels {
namespace {

/// Tasks for 16 threads, where the classes are enough for that: every slice has to find its own best.
constexpr int64_t kTasks = 16;

/// Fewer classes are not worth a task of their own.
constexpr int64_t kLeastSlice = 4096;

}  // namespace

bool comes_before(const RankedClass& a, const RankedClass& b) {
  if (a.logit > b.logit) return true;
  if (a.logit < b.logit) return false;
  if (std::isnan(a.logit) != std::isnan(b.logit)) return std::isnan(b.logit);
  return a.id < b.id;
}

TopKClasses::TopKClasses(const TopKProblem& problem)
    : problem_(problem),
      products_(class_products(*problem.table, problem.inputs, problem.dim)),
      kernels_(class_kernels(products_)),
      panels_(kernels_, problem.batch, products_.dim()),
      tiles_(kernels_, *problem.table, products_) {
  const int64_t wanted = std::max<int64_t>(kTasks / std::max<int64_t>(panels_.groups, 1), 1);
  // A slice of fewer than k classes finds nothing out.
  const int64_t least = std::max(kLeastSlice, std::min(problem.k, problem.classes));
  slice_classes_ = std::max(least, ceil_div(problem.classes, wanted));
  slices_ = ceil_div(problem.classes, slice_classes_);
  // A full list is cut back to k: twice as much room makes that a constant cost for an entry.
  room_ = slices_ == 1 && problem.classes / 2 < problem.k ? problem.classes : 2 * problem.k;
}

void TopKClasses::lay_out(void* workspace, CheckedBytes* bytes) {
  const int64_t padded = panels_.padded();
  packed_ = bytes->take<float>(workspace, padded, products_.dim());
  zeros_ = bytes->take<float>(workspace, tiles_.rows());
  tile_rows_ = tiles_.take_scratch(bytes, workspace, slices_ * panels_.groups);
  thresholds_ = bytes->take<float>(workspace, slices_, padded);
  sizes_ = bytes->take<int64_t>(workspace, slices_, problem_.batch);
  lists_ = bytes->take<RankedClass>(workspace, slices_, problem_.batch, room_);
}

bool TopKClasses::workspace(size_t* bytes) {
  CheckedBytes sum;
  lay_out(nullptr, &sum);
  *bytes = sum.total();
  return sum.fits();
}

/// Appends a class to a list; a full list is cut back to its best k, the worst of which every later
/// class has to beat: the ids ascend, so an equal logit does not.
void TopKClasses::accept(int64_t list, float* threshold, const RankedClass& found) {
  int64_t& size = sizes_[list];
  RankedClass* const entries = lists_ + list * room_;
  if (size == room_) {
    std::nth_element(entries, entries + problem_.k - 1, entries + size, comes_before);
    size = problem_.k;
    *threshold = entries[problem_.k - 1].logit;
    if (!comes_before(found, entries[problem_.k - 1])) return;
  }
  entries[size++] = found;
}

struct TopKClasses::PanelState {
  TopKClasses* search;
  int64_t begin;      // class of place 0
  int64_t list;       // of lane 0
  float* thresholds;  // of lane 0
};

void TopKClasses::search(int64_t slice, int64_t group) {
  const int64_t padded = panels_.padded(), width = panels_.width;
  panels_.for_each(group, [&](int64_t panel) {
    float* const thresholds = thresholds_ + slice * padded + panel * width;
    std::fill_n(thresholds, width, std::numeric_limits<float>::quiet_NaN());
    // Lanes without an example let nothing pass.
    std::fill(thresholds + panels_.count(panel), thresholds + width, std::numeric_limits<float>::infinity());
    std::fill_n(sizes_ + slice * problem_.batch + panel * width, panels_.count(panel), 0);
  });
  const int64_t begin = slice * slice_classes_, end = std::min(begin + slice_classes_, problem_.classes);
  float* const scratch = tiles_.scratch_of(tile_rows_, slice * panels_.groups + group);
  tiles_.for_each(begin, end, begin, zeros_, scratch, [&](cpu::ClassTile tile) {
    panels_.for_each(group, [&](int64_t panel) {
      const int64_t at = slice * padded + panel * width;
      PanelState state{this, begin, slice * problem_.batch + panel * width, thresholds_ + at};
      const cpu::PanelFilter filter{
          thresholds_ + at,
          [](void* data, int64_t lane, int64_t place, float logit) {
            const auto& of = *static_cast<const PanelState*>(data);
            of.search->accept(of.list + lane, of.thresholds + lane, {logit, of.begin + place});
          },
          &state};
      kernels_.filter_tile(packed_ + panel * width * products_.dim(), products_.dim(), panels_.count(panel), tile,
                           filter);
      tile.next_rows = nullptr;  // once is enough
    });
  });
}

void TopKClasses::merge(int64_t example, int64_t* ids, float* logits) {
  // All go through the list of the first slice, which is cut back like any other.
  RankedClass* const best = lists_ + example * room_;
  int64_t size = sizes_[example];
  const auto keep = [&] {
    if (size <= problem_.k) return;
    std::nth_element(best, best + problem_.k - 1, best + size, comes_before);
    size = problem_.k;
  };
  for (int64_t slice = 1; slice < slices_; ++slice) {
    const int64_t list = slice * problem_.batch + example;
    const RankedClass* const entries = lists_ + list * room_;
    for (int64_t i = 0; i < sizes_[list]; ++i) {
      if (size == room_) keep();
      best[size++] = entries[i];
    }
  }
  keep();
  std::sort(best, best + size, comes_before);
  for (int64_t i = 0; i < problem_.k; ++i) {
    ids[i] = best[i].id;
    logits[i] = best[i].logit;
  }
}

void TopKClasses::run(void* workspace, Executor& executor, int64_t* ids, float* logits) {
  CheckedBytes bytes;
  lay_out(workspace, &bytes);
  if (problem_.batch == 0) return;
  std::fill_n(zeros_, tiles_.rows(), 0.0f);
  const double work = static_cast<double>(problem_.batch) * static_cast<double>(problem_.classes) *
                      (static_cast<double>(problem_.dim) + 16);
  SerialExecutor serial;
  Executor& workers = work > kParallelWork ? executor : serial;
  parallel_for(workers, panels_.panels, [&](int64_t panel) {
    pack_examples(
        kernels_, panels_, panel, products_.read_as(problem_.inputs.type),
        [&](int64_t example) { return products_.row(problem_.inputs, example); }, packed_);
  });
  parallel_for(workers, slices_ * panels_.groups,
               [&](int64_t task) { search(task / panels_.groups, task % panels_.groups); });
  parallel_for(workers, panels_.panels, [&](int64_t panel) {
    for (int64_t e = 0; e < panels_.count(panel); ++e) {
      const int64_t example = panel * panels_.width + e;
      merge(example, ids + example * problem_.k, logits + example * problem_.k);
    }
  });
}

}  // namespace ortnce::kernels
