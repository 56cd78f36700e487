// Rows L and U: the samplers of learned and of given weights.
#include <cmath>
#include <limits>
#include <numeric>
#include <thread>

#include "bad_inputs/change.h"
#include "bad_inputs/rows.h"

namespace ortnce::test {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();
constexpr size_t kUnigrams = 1, kCounts = 3;

OpNode learned(int64_t batch = 2) { return learned_unigram_sampler_node({batch, 1, 3, 4, 10, 1}, 3); }

void learned_range_is(int64_t range_max) {
  Change(learned()).attribute("range_max", range_max).refused_at_creation(
      "LearnedUnigramCandidateSampler: attribute range_max must be less than 2147483647, got " +
      std::to_string(range_max));
}

std::vector<int64_t> counts_of(const OpResult& result) {
  demand(result.error.empty(), result.error);
  return result.outputs[kCounts].numbers<int64_t>();
}

/// 2^31 - 1 is the most that the counts may add up to: what is beyond is not learned.
void saturated_counts() {
  OpNode node = learned(10);
  node.attributes.ints["unique"] = 0;
  std::vector<int64_t> counts(10, 1);
  counts[0] = INT32_MAX - 3 - 9;
  node.inputs.push_back(int64s({10}, counts));
  node.inputs[0] = int64s({10, 1}, std::vector<int64_t>(10, 4));
  counts[4] += 3;
  const OpKernel kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes);
  demand(counts_of(kernel.run(node.inputs)) == counts, "not the first three labels were learned");
  demand(counts_of(kernel.run(node.inputs)) == counts, "a label was learned beyond the limit");
}

void repeated_label() {
  constexpr int64_t kLabels = 10'000'000;
  OpNode node = learned();
  node.inputs[0] = int64s({kLabels, 1}, std::vector<int64_t>(kLabels, 7));
  demand(counts_of(run_node(node))[7] == kLabels + 1, "the count is not exact");
}

void concurrent_counts() {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  constexpr int kRuns = 500;
#else
  constexpr int kRuns = 10'000;
#endif
  constexpr int kThreads = 16;
  const OpNode node = learned(5);
  const OpKernel kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int run = 1; run < kRuns; ++run) kernel.run(node.inputs);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int t = 0; t < kThreads - 1; ++t) kernel.run(node.inputs);
  const std::vector<int64_t> counts = counts_of(kernel.run(node.inputs));
  demand(std::accumulate(counts.begin(), counts.end(), int64_t{0}) == 10 + int64_t{5} * kThreads * kRuns,
         "labels were lost or counted twice");
}

OpNode fixed(int64_t num_sampled = 3, int64_t classes = 4) {
  return fixed_unigram_sampler_node({2, 1, num_sampled, 4, classes, 1}, 3);
}

constexpr const char* kFixed = "FixedUnigramCandidateSampler: ";

/// Refused when they are a constant of the graph, and else in the run.
void weights_are(const std::vector<float>& weights, const std::string& text, int64_t num_sampled = 2,
                 int64_t unique = 1, float distortion = 1) {
  OpNode good = fixed(num_sampled), bad = good;
  bad.attributes.ints["unique"] = unique;
  bad.attributes.floats["distortion"] = distortion;
  bad.inputs[kUnigrams] = floats({4}, weights);
  const OpKernel constant(bad.op, bad.inputs, bad.attributes);
  demand(constant.error() == kFixed + text, constant.error());
  Change(good).attribute("unique", unique).attribute("distortion", distortion).input(kUnigrams, bad.inputs[kUnigrams])
      .refused_in_run(kFixed + text);
}

void length_is(int64_t length, const char* attribute, int64_t value, const std::string& rest) {
  OpNode node = fixed();
  Change change(node);
  change.input(kUnigrams, zeros({length}, length));
  if (attribute != nullptr) change.attribute(attribute, value);
  change.refused_by_shape(kFixed + std::string("unigrams has ") + rest);
}

void attribute_is(const char* name, int64_t value, const std::string& rest) {
  Change(fixed()).attribute(name, value).refused_at_creation(kFixed + std::string("attribute ") + rest);
}

void expect_counts(const OpNode& node, float expected) {
  for (const float count : Change(node).accepted().outputs[1].numbers<float>()) {
    demand(std::fabs(count - expected) <= 0x1p-22f * expected, "an expected count is wrong");
  }
}

void many_weights() {
  constexpr int64_t kIds = 10'000'000;
  NodeNumbers numbers(5);
  OpNode node = fixed_unigram_sampler_node({1, 1, 1, 1, 1, 1}, 3);
  node.attributes.ints["range_max"] = kIds;
  node.attributes.ints["unique"] = 0;
  std::vector<int64_t> ids(kIds);
  std::iota(ids.begin(), ids.end(), 0);
  node.inputs = {int64s({kIds, 1}, ids), numbers.counts({kIds})};
  double sum = 0;
  for (const float p : run_node(node).outputs[1].numbers<float>()) sum += static_cast<double>(p);
  demand(std::fabs(sum - 1) <= 1e-6, "the probabilities do not add up to 1");
}

}  // namespace

std::vector<Row> unigram_rows() {
  return {
      {"L01", "learned, range_max 2^31", [] { learned_range_is(int64_t{1} << 31); }},
      {"L02", "learned, range_max 2^62", [] { learned_range_is(int64_t{1} << 62); }},
      {"L03", "learned, range_max 2^63 - 1", [] { learned_range_is(INT64_MAX); }},
      {"L04", "learned, range_max 2^32 + 1", [] { learned_range_is((int64_t{1} << 32) + 1); }},
      {"L06", "counts near 2^31 - 1", saturated_counts},
      {"L07", "one label 10^7 times", repeated_label},
      {"L08", "16 threads, one kernel", concurrent_counts, 8192},
      {"L09", "row 5 of 8 bad",
       [] {
         Change(learned(8)).element(0, 5, int64_t{10}).refused_in_run(
             "LearnedUnigramCandidateSampler: true_classes[5,0] = 10 is outside [0, 10)");
       }},
      {"L10", "a new kernel begins anew",
       [] {
         const OpNode node = learned();
         demand_same(run_node(node), run_node(node), "two kernels");
       }},
      {"L+1", "initial_counts 0, negative, too many",
       [] {
         const auto refused = [](int64_t count, const std::string& text) {
           Change(learned()).append(int64s({10}, {1, 1, 1, 1, 1, 1, 1, 1, 1, count})).refused_by_value(
               "LearnedUnigramCandidateSampler: initial_counts" + text + std::to_string(count));
         };
         for (const int64_t count : {0, -1}) refused(count, "[9] must be >= 1, got ");
         for (const int64_t count : {int64_t{INT32_MAX} - 8, INT64_MAX}) {
           refused(count, " must be counts with a sum of at most 2147483647, got more with initial_counts[9] = ");
         }
       }},
      {"L+2", "initial_counts of another length or type",
       [] {
         Change(learned()).append(int64s({9}, std::vector<int64_t>(9, 1))).refused_by_shape(
             "LearnedUnigramCandidateSampler: initial_counts must have shape [range_max] = [10], got [9]: dimension 0 "
             "is 9, expected 10");
         Change(learned()).append(zeros({10}, 10)).refused_at_creation(
             "LearnedUnigramCandidateSampler: initial_counts must be int64, got float");
       }},

      {"U01", "no unigrams",
       [] { Change(fixed()).inputs(1).refused_at_creation(kFixed + std::string("unigrams is missing")); }},
      {"U03", "2 unigrams for 4 ids",
       [] {
         length_is(2, nullptr, 0,
                   "2 elements, so that shard 0 of 1 with num_reserved_ids = 0 holds 2 ids, expected range_max = 4");
       }},
      {"U04", "5 unigrams for 4 ids",
       [] {
         length_is(5, nullptr, 0,
                   "5 elements, so that shard 0 of 1 with num_reserved_ids = 0 holds 5 ids, expected range_max = 4");
       }},
      {"U06", "a negative weight",
       [] { weights_are({-3, 1, 1, 1}, "unigrams[0] = -3 must be finite and >= 0"); }},
      {"U07", "a NaN", [] { weights_are({1, kNan, 1, 1}, "unigrams[1] = nan must be finite and >= 0"); }},
      {"U08", "infinity, unique", [] { weights_are({kInf, 1, 1, 1}, "unigrams[0] = inf must be finite and >= 0"); }},
      {"U09", "infinity, not unique",
       [] { weights_are({1, 1, 1, kInf}, "unigrams[3] = inf must be finite and >= 0", 2, 0); }},
      {"U10", "zeros", [] { weights_are({0, 0, 0, 0}, "the sum of unigrams must be > 0 in this shard, got 0"); }},
      {"U12", "fewer weights than candidates",
       [] {
         weights_are({0, 0, 1, 1}, "num_sampled must be at most the 2 ids of weight > 0 with unique = 1, got 3", 3);
         OpNode node = fixed();
         node.attributes.ints["num_reserved_ids"] = 2;
         node.inputs[kUnigrams] = floats({2}, {1, 1});
         const OpKernel kernel(node.op, node.inputs, node.attributes);
         demand(kernel.error() == kFixed + std::string("num_sampled must be at most the 2 ids of weight > 0 with "
                                                       "unique = 1, got 3"),
                kernel.error());
       }},
      {"U13", "num_reserved_ids 4, one unigram",
       [] {
         length_is(1, "num_reserved_ids", 4,
                   "1 elements, so that shard 0 of 1 with num_reserved_ids = 4 holds 5 ids, expected range_max = 4");
       }},
      {"U14", "num_reserved_ids -1",
       [] { attribute_is("num_reserved_ids", -1, "num_reserved_ids must be >= 0, got -1"); }},
      {"U15", "num_reserved_ids 2^31 - 1",
       [] {
         length_is(4, "num_reserved_ids", INT32_MAX,
                   "4 elements, so that shard 0 of 1 with num_reserved_ids = 2147483647 holds 2147483651 ids, expected "
                   "range_max = 4");
       }},
      {"U16", "num_reserved_ids 2^32",
       [] {
         length_is(4, "num_reserved_ids", int64_t{1} << 32,
                   "4 elements, so that shard 0 of 1 with num_reserved_ids = 4294967296 holds 4294967300 ids, expected "
                   "range_max = 4");
       }},
      {"U18", "num_shards -1", [] { attribute_is("num_shards", -1, "num_shards must be >= 1, got -1"); }},
      {"U19", "num_shards 2^32",
       [] {
         length_is(4, "num_shards", int64_t{1} << 32,
                   "4 elements, so that shard 0 of 4294967296 with num_reserved_ids = 0 holds 1 ids, expected range_max "
                   "= 4");
       }},
      {"U20", "shard -1", [] { attribute_is("shard", -1, "shard must be in [0, num_shards = 1), got -1"); }},
      {"U21", "shard 1 of 1", [] { attribute_is("shard", 1, "shard must be in [0, num_shards = 1), got 1"); }},
      {"U22", "shard 1 of 2 of 4 weights",
       [] {
         OpNode node = fixed();
         node.attributes.ints["shard"] = 1;
         node.attributes.ints["num_shards"] = 2;
         const OpKernel kernel(node.op, declare(node.inputs, Declared::kShapes), node.attributes);
         demand(kernel.error() == kFixed + std::string("unigrams has 4 elements, so that shard 1 of 2 with "
                                                       "num_reserved_ids = 0 holds 2 ids, expected range_max = 4"),
                kernel.error());
       }},
      {"U24", "distortion infinity, NaN",
       [] {
         const std::string text = kFixed + std::string("attribute distortion must be finite, got ");
         Change(fixed()).attribute("distortion", kInf).refused_at_creation(text + "inf");
         Change(fixed()).attribute("distortion", kNan).refused_at_creation(text + "nan");
       }},
      {"U25", "distortion -1, a weight 0",
       [] {
         weights_are({0, 1, 1, 1}, "unigrams: the weight of id 0 is inf after distortion = -1, expected a finite one", 2,
                     1, -1);
       }},
      {"U26", "distortion -1", [] { Change(fixed()).attribute("distortion", -1.0f).accepted(); }},
      {"U27", "distortion 0, a weight 0: 0^0 = 1",
       [] {
         OpNode node = fixed();
         node.attributes.ints["unique"] = 0;
         node.attributes.floats["distortion"] = 0;
         node.inputs[kUnigrams] = floats({4}, {0, 2, 3, 4});
         expect_counts(node, 0.75f);
       }},
      {"U28", "weights 3e38",
       [] {
         OpNode node = fixed(2, 3);
         node.attributes.ints["unique"] = 0;
         node.inputs[kUnigrams] = floats({3}, {3e38f, 3e38f, 3e38f});
         expect_counts(node, 2.0f / 3);
       }},
      {"U30", "10^7 weights", many_weights},
      {"U+1", "an id too unlikely to be drawn",
       [] {
         weights_are({1, 1e-30f, 0, 0},
                     "num_sampled = 2 distinct candidates of range_max = 4 classes cannot be drawn in 2147483647 draws; "
                     "expected a smaller num_sampled, or unique = 0");
       }},
      {"U+2", "a constant that is a scalar",
       [] {
         OpNode node = fixed();
         node.inputs[kUnigrams] = floats({}, {1});
         const OpKernel kernel(node.op, node.inputs, node.attributes);
         demand(kernel.error() == kFixed + std::string("unigrams must have rank 1, shape [ids], got rank 0, shape []"),
                kernel.error());
       }},
      {"U+3", "no unigrams, a range_max beyond 2^32",
       [] {
         const OpNode node = fixed();
         Change(node).inputs(kUnigrams).refused_at_creation(kFixed + std::string("unigrams is missing"));
         const OpKernel kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes);
         const std::string error = kernel.run({node.inputs[0], {}}).error;
         demand(error == kFixed + std::string("unigrams is missing"), error);
         attribute_is("range_max", int64_t{1} << 32, "range_max must be at most 4294967295, got 4294967296");
       }},
  };
}

}  // namespace ortnce::test
