#include "kernels/class_gradients.h"

#include <algorithm>

#include "kernels/cpu/dispatch.h"
#include "kernels/sizes.h"

namespace ortnce::kernels {

ClassGroups::ClassGroups(const NceProblem& problem, const int64_t* sampled, Entry* entries)
    : begin_(entries), end_(entries) {
  const int64_t labels = problem.batch * problem.num_true;
  Entry* end = entries;
  for (int64_t at = 0; at < labels; ++at) {
    if (problem.true_rows[at] != nullptr) *end++ = {problem.labels[at], at, 0};
  }
  for (int64_t k = 0; k < problem.num_sampled; ++k) *end++ = {sampled[k], labels + k, 0};
  std::sort(entries, end,
            [](const Entry& a, const Entry& b) { return a.id != b.id ? a.id < b.id : a.source < b.source; });
  end_ = end;
  for (Entry* entry = entries; entry != end; ++entry) {
    count_ += entry == entries || entry->id != entry[-1].id;
    entry->group = count_ - 1;
  }
}

void ClassGroups::write_ids(int64_t* ids) const {
  for (const Entry* entry = begin_; entry != end_; ++entry) ids[entry->group] = entry->id;
}

void ClassGroups::sum(const NceProblem& problem, const NceGradients& gradients, Executor& executor, float* weights_grad,
                      float* biases_grad) const {
  const cpu::NceBlockKernels& kernels = cpu::active_kernels();
  const int64_t labels = problem.batch * problem.num_true, dim = problem.dim;
  // Entries are cut into tasks at the same places whatever the threads; a class belongs to the task
  // of its first entry.
  constexpr int64_t kTaskEntries = 256;
  const int64_t entries = end_ - begin_;
  SerialExecutor serial;
  Executor& workers = static_cast<double>(entries) * static_cast<double>(dim + 16) > kParallelWork ? executor : serial;

  parallel_for(workers, ceil_div(entries, kTaskEntries), [&](int64_t task) {
    const Entry* const last = begin_ + std::min((task + 1) * kTaskEntries, entries);
    for (const Entry* first = begin_ + task * kTaskEntries; first != last; ++first) {
      if (first != begin_ && first[-1].group == first->group) continue;
      float* const out = weights_grad == nullptr ? nullptr : weights_grad + first->group * dim;
      if (out != nullptr) std::fill_n(out, dim, 0.0f);
      double bias = 0;
      for (const Entry* same = first; same != end_ && same->group == first->group; ++same) {
        if (same->source < labels) {
          const float slope = gradients.true_slopes[same->source];
          if (out != nullptr)
            kernels.add_scaled(slope, problem.inputs + same->source / problem.num_true * dim, dim, out);
          bias += static_cast<double>(slope);
        } else {
          if (out != nullptr) kernels.add_scaled(1.0f, gradients.sampled + (same->source - labels) * dim, dim, out);
          bias += static_cast<double>(gradients.sampled_biases[same->source - labels]);
        }
      }
      if (biases_grad != nullptr) biases_grad[first->group] = static_cast<float>(bias);
    }
  });
}

}  // namespace ortnce::kernels
