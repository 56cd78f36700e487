// The candidate samplers: ids of the range, distinct ones where asked for, and counts of their kind.
#include <cmath>
#include <set>

#include "oracle/oracle.h"
#include "oracle/views.h"

namespace ortnce::test {

void check_sampler(const OpNode& node, const OpResult& result) {
  const std::string op = node.op;
  const bool all = op == "AllCandidateSampler";
  const int64_t num_sampled = node.integer("num_sampled", 0), num_true = node.integer("num_true", 0);
  const int64_t range = all ? num_sampled : node.integer("range_max", 0);
  const bool unique = node.integer("unique", all ? 0 : 1) == 1;
  const std::vector<int64_t> labels = ids_of(node.inputs[0]);
  for (const int64_t label : labels) require(label >= 0 && label < range, "a class outside of the range was accepted");
  const int64_t batch = node.inputs[0].dims.at(0);
  const std::vector<OpTensor>& out = result.outputs;
  if (!has_shape(out[0], {num_sampled}) || !has_shape(out[1], {batch, num_true}) || !has_shape(out[2], {num_sampled})) {
    return;
  }
  const std::vector<int64_t> ids = ids_of(out[0]);
  for (const int64_t id : ids) require(id >= 0 && id < range, "a candidate is outside of the range");
  const std::set<int64_t> distinct(ids.begin(), ids.end());
  require(!(unique || all) || distinct.size() == ids.size(), "a candidate was drawn twice");
  const auto probability = [&](int64_t id) {
    if (op == "UniformCandidateSampler") return 1 / static_cast<double>(range);
    return std::log1p(1 / (static_cast<double>(id) + 1)) / std::log1p(static_cast<double>(range));
  };
  const bool known = op == "UniformCandidateSampler" || op == "LogUniformCandidateSampler";
  const auto check = [&](const std::vector<int64_t>& of, const std::vector<double>& counts, const char* what) {
    for (size_t at = 0; at < of.size(); ++at) {
      const auto index = static_cast<int64_t>(at);
      require(counts[at] >= 0 && (counts[at] > 0 || !known), "an expected count is not positive");
      if (all) require(counts[at] == 1, "an expected count is not 1");
      require(counts[at] <= static_cast<double>(num_sampled) * 1.0001, "an expected count is above all draws");
      if (!known || unique) continue;
      const double expected = probability(of[at]) * static_cast<double>(num_sampled);
      require_within(counts[at], expected, 4 * kUnit * expected, what, index);
    }
  };
  check(labels, numbers_of(out[1]), "true_expected_count");
  check(ids, numbers_of(out[2]), "sampled_expected_count");
}

}  // namespace ortnce::test
