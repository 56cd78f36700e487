#include "kernels/class_gradients.h"

#include "kernels/row_sums.h"

namespace ortnce::kernels {

namespace {

template <class Counted>
IdGroups group(const int64_t* labels, int64_t count, Counted&& counted, const int64_t* sampled, int64_t num_sampled,
               IdGroups::Entry* entries) {
  int64_t filled = 0;
  for (int64_t at = 0; at < count; ++at) {
    if (counted(at)) entries[filled++] = {labels[at], at};
  }
  for (int64_t k = 0; k < num_sampled; ++k) entries[filled++] = {sampled[k], count + k};
  return IdGroups(entries, filled);
}

}  // namespace

IdGroups group_classes(const NceProblem& problem, const int64_t* sampled, IdGroups::Entry* entries) {
  const auto counted = [&](int64_t at) { return problem.true_rows[at] != nullptr; };
  return group(problem.labels, problem.batch * problem.num_true, counted, sampled, problem.num_sampled, entries);
}

IdGroups group_classes(const int64_t* labels, int64_t count, const int64_t* sampled, int64_t num_sampled,
                       IdGroups::Entry* entries) {
  return group(labels, count, [&](int64_t at) { return labels[at] >= 0; }, sampled, num_sampled, entries);
}

void sum_by_class(const IdGroups& groups, const NceProblem& problem, const NceGradients& gradients, Executor& executor,
                  float* weights_grad, float* biases_grad) {
  const int64_t labels = problem.batch * problem.num_true, dim = problem.dim;
  if (weights_grad != nullptr) {
    sum_rows(
        groups, dim, executor,
        [&](int64_t source) {
          return source < labels
                     ? RowTerm{gradients.true_slopes[source], problem.inputs + source / problem.num_true * dim}
                     : RowTerm{1.0f, gradients.sampled + (source - labels) * dim};
        },
        weights_grad);
  }
  if (biases_grad != nullptr) {
    for_each_group(groups, 1, executor, [&](int64_t group) {
      double sum = 0;
      for (const auto* occurrence = groups.begin(group); occurrence != groups.end(group); ++occurrence) {
        const int64_t source = occurrence->source;
        sum += static_cast<double>(source < labels ? gradients.true_slopes[source]
                                                   : gradients.sampled_biases[source - labels]);
      }
      biases_grad[group] = static_cast<float>(sum);
    });
  }
}

}  // namespace ortnce::kernels
