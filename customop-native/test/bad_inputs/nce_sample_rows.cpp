// Rows N33 to N56: a sample that is given to NceLoss. V = 10, D = 4, B = 2, S = 3, T = 1.
#include <algorithm>
#include <cmath>
#include <limits>

#include "bad_inputs/change.h"
#include "bad_inputs/rows.h"

namespace ortnce::test {
namespace {

constexpr size_t kLabels = 1, kBiases = 2, kSampled = 3, kTrueCount = 4, kSampledCount = 5;
constexpr float kInf = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();

std::string text(const std::string& rest) { return "NceLoss: " + rest; }

OpNode given() {
  OpNode node = nce_loss_of_sample_node(kTableSizes, 3);
  node.attributes.ints["remove_accidental_hits"] = 0;
  return node;
}

void id_is(int64_t id) {
  Change(given()).element(kSampled, 2, id).refused_in_run(
      text("sampled_candidates[2] = " + std::to_string(id) + " is outside [0, 10)"));
}

void counts_of_shape(size_t input, std::vector<int64_t> dims, int64_t elements, const char* rest) {
  Change(given())
      .input(input, floats(std::move(dims), std::vector<float>(static_cast<size_t>(elements), 0.5f)))
      .refused_by_shape(text(rest));
}

void count_is(float count, const char* printed) {
  Change(given()).element(kSampledCount, 0, count).refused_in_run(
      text(std::string("sampled_expected_count[0] = ") + printed + " must be finite and > 0"));
  Change(given()).element(kTrueCount, 1, count).refused_in_run(
      text(std::string("true_expected_count[1,0] = ") + printed + " must be finite and > 0"));
}

/// Every candidate a label of every example.
Change all_hits() {
  Change change(given());
  change.attribute("remove_accidental_hits", int64_t{1})
      .input(kLabels, int64s({2, 1}, {4, 4}))
      .input(kSampled, int64s({3}, {4, 4, 4}));
  return change;
}

}  // namespace

std::vector<Row> nce_sample_rows() {
  return {
      {"N33", "sampled_candidates alone",
       [] {
         Change(given()).without_input(kTrueCount).without_input(kSampledCount).refused_at_creation(
             text("sampled values must be given all or not at all: sampled_candidates given, true_expected_count and "
                  "sampled_expected_count missing"));
       }},
      {"N34", "true_expected_count alone",
       [] {
         Change(given()).without_input(kSampled).without_input(kSampledCount).refused_at_creation(
             text("sampled values must be given all or not at all: true_expected_count given, sampled_candidates and "
                  "sampled_expected_count missing"));
       }},
      {"N36", "sampled id 10", [] { id_is(10); }},
      {"N37", "sampled ids -1, 2^63 - 1, -2^63",
       [] {
         for (const int64_t id : {int64_t{-1}, INT64_MAX, INT64_MIN}) id_is(id);
       }},
      {"N38", "5 candidates, num_sampled 3",
       [] {
         Change(given()).input(kSampled, int64s({5}, {1, 2, 3, 4, 5})).refused_by_shape(
             text("sampled_candidates must have num_sampled = 3 elements, got 5"));
       }},
      {"N39", "the same with a hit at position 4",
       [] {
         Change(given())
             .attribute("remove_accidental_hits", int64_t{1})
             .input(kLabels, int64s({2, 1}, {5, 5}))
             .input(kSampled, int64s({5}, {1, 2, 3, 4, 5}))
             .refused_by_shape(text("sampled_candidates must have num_sampled = 3 elements, got 5"));
       }},
      {"N40", "true_expected_count [1,1]",
       [] {
         counts_of_shape(kTrueCount, {1, 1}, 1,
                         "true_expected_count must have shape [batch, num_true] = [2, 1], got [1, 1]: dimension 0 is "
                         "1, expected 2");
       }},
      {"N42", "true_expected_count [3,1]",
       [] {
         counts_of_shape(kTrueCount, {3, 1}, 3,
                         "true_expected_count must have shape [batch, num_true] = [2, 1], got [3, 1]: dimension 0 is "
                         "3, expected 2");
       }},
      {"N43", "sampled_expected_count [2]",
       [] {
         counts_of_shape(kSampledCount, {2}, 2,
                         "sampled_expected_count must have shape [num_sampled] = [3], got [2]: dimension 0 is 2, "
                         "expected 3");
       }},
      {"N44", "sampled_expected_count [1]",
       [] {
         counts_of_shape(kSampledCount, {1}, 1,
                         "sampled_expected_count must have shape [num_sampled] = [3], got [1]: dimension 0 is 1, "
                         "expected 3");
       }},
      {"N45", "sampled_expected_count [4,3]",
       [] {
         counts_of_shape(kSampledCount, {4, 3}, 12,
                         "sampled_expected_count must have rank 1, shape [num_sampled], got rank 2, shape [4, 3]");
       }},
      {"N46", "count 0", [] { count_is(0, "0"); }},
      {"N48", "count -1", [] { count_is(-1, "-1"); }},
      {"N49", "counts NaN, infinity",
       [] {
         count_is(kNan, "nan");
         count_is(kInf, "inf");
         count_is(-kInf, "-inf");
       }},
      {"N50", "count 1e-45: its logarithm is -103.28",
       [] { Change(given()).element(kSampledCount, 0, 1e-45f).element(kTrueCount, 0, 1e-45f).accepted(); }},
      {"N51", "count 3.4e38", [] { Change(given()).element(kSampledCount, 0, 3.4e38f).accepted(); }},
      {"N52", "one candidate three times", [] { Change(given()).input(kSampled, int64s({3}, {1, 1, 1})).accepted(); }},
      {"N54", "every candidate a hit", [] { all_hits().accepted(); }},
      {"N55", "a hit whose logit is infinite",
       [] {
         const OpResult result = all_hits().element(kBiases, 4, kInf).accepted();
         for (const float loss : result.outputs[0].numbers<float>()) demand(loss == 0, "a masked term counts");
       }},
      {"N56", "candidates in another order",
       [] {
         Change change(given());
         std::vector<int64_t> ids = change.node().inputs[kSampled].numbers<int64_t>();
         std::vector<float> counts = change.node().inputs[kSampledCount].numbers<float>();
         std::reverse(ids.begin(), ids.end());
         std::reverse(counts.begin(), counts.end());
         change.input(kSampled, int64s({3}, ids)).input(kSampledCount, floats({3}, counts)).accepted();
       }},
      {"N+1", "a wrong count of an ignored label is not read",
       [] {
         Change(given())
             .attribute("ignore_index", int64_t{-1})
             .element(kLabels, 0, int64_t{-1})
             .element(kTrueCount, 0, kNan)
             .accepted();
       }},
      {"N+2", "wrong counts without subtract_log_q are not read",
       [] {
         Change(given())
             .attribute("subtract_log_q", int64_t{0})
             .element(kSampledCount, 0, 0.0f)
             .element(kTrueCount, 0, kNan)
             .accepted();
       }},
      {"N+3", "types of the sample",
       [] {
         Change(given()).input(kSampled, int32s({3}, {1, 2, 3})).refused_at_creation(
             text("sampled_candidates must be int64, got int32"));
         Change(given()).input(kTrueCount, doubles({2, 1}, {1, 1})).refused_at_creation(
             text("true_expected_count must be float, got double"));
         Change(given()).input(kSampledCount, doubles({3}, {1, 1, 1})).refused_at_creation(
             text("sampled_expected_count must be float, got double"));
       }},
      {"N+8", "num_sampled beside a sample of that length",
       [] { Change(given()).attribute("num_sampled", int64_t{3}).accepted(); }},
      {"N+9", "labels beyond the first block of checks: outside, padding, int32",
       [] {
         OpNode node = nce_loss_of_sample_node({1500, 3, 3, 4, 10, 1}, 3);
         const size_t last = 1500 * 3 - 1;
         for (const bool narrow : {false, true}) {
           if (narrow) {
             const std::vector<int64_t> wide = node.inputs[kLabels].numbers<int64_t>();
             node.inputs[kLabels] = int32s({1500, 3}, std::vector<int32_t>(wide.begin(), wide.end()));
           }
           Change(node).accepted();
         }
         node = nce_loss_of_sample_node({1500, 3, 3, 4, 10, 1}, 3);
         Change(node).element(kLabels, last, int64_t{10}).refused_in_run(text("labels[1499,2] = 10 is outside [0, 10)"));
         Change(node).element(kLabels, 3000, int64_t{-1}).refused_in_run(text("labels[1000,0] = -1 is outside [0, 10)"));
         for (const int64_t padding : {-1, 10, 4}) {
           Change(node).attribute("ignore_index", padding).element(kLabels, last, padding).accepted();
         }
       }},
  };
}

}  // namespace ortnce::test
