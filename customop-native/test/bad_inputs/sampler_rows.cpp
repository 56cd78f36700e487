// Rows S: what all candidate samplers have in common. B = 2, T = 1, S = 3, range_max = 10.
#include <algorithm>
#include <set>

#include "bad_inputs/change.h"
#include "bad_inputs/rows.h"

namespace ortnce::test {
namespace {

using Build = OpNode (*)(const NodeSizes&, uint64_t);

constexpr Build kSamplers[] = {uniform_sampler_node, log_uniform_sampler_node, learned_unigram_sampler_node,
                               fixed_unigram_sampler_node, all_sampler_node};
constexpr Build kDrawing[] = {uniform_sampler_node, log_uniform_sampler_node, learned_unigram_sampler_node,
                              fixed_unigram_sampler_node};
constexpr Build kOfRange[] = {uniform_sampler_node, log_uniform_sampler_node, learned_unigram_sampler_node};
constexpr Build kUnbounded[] = {uniform_sampler_node, log_uniform_sampler_node};

OpNode table_node(Build build) { return build(kTableSizes, 3); }

/// Calls body(good node, "Op: ") for each sampler.
template <size_t N, class Body>
void for_each(const Build (&builds)[N], Body body) {
  for (const Build build : builds) {
    const OpNode node = table_node(build);
    body(node, std::string(node.op) + ": ");
  }
}

void shape_is(std::vector<int64_t> dims, size_t labels, const char* rest) {
  for_each(kSamplers, [&](const OpNode& node, const std::string& op) {
    Change change(node);
    change.input(0, int64s(dims, std::vector<int64_t>(labels)));
    // Rank 0 is what a graph declares of an unknown shape.
    if (dims.empty()) {
      change.refused_in_run(op + rest);
    } else {
      change.refused_by_shape(op + rest);
    }
  });
}

void integer_is(const char* name, int64_t value, const std::string& rest) {
  for_each(kSamplers, [&](const OpNode& node, const std::string& op) {
    if (node.has_integer(name)) Change(node).attribute(name, value).refused_at_creation(op + rest);
  });
}

void label_is(int64_t label) {
  for_each(kSamplers, [&](const OpNode& node, const std::string& op) {
    Change(node).element(0, 1, label).refused_in_run(op + "true_classes[1,0] = " + std::to_string(label) +
                                                     " is outside [0, 10)");
  });
}

/// One run of many candidates, without an oracle.
OpResult large_run(Build build, int64_t num_sampled, int64_t range_max, int64_t unique) {
  OpNode node = table_node(build);
  node.attributes.ints["num_sampled"] = num_sampled;
  node.attributes.ints["range_max"] = range_max;
  node.attributes.ints["unique"] = unique;
  return run_node(node);
}

void too_many(Build build, int64_t num_sampled) {
  OpNode node = table_node(build);
  const std::string count = std::to_string(num_sampled), op = std::string(node.op) + ": ";
  Change(node)
      .attribute("num_sampled", num_sampled)
      .attribute("unique", int64_t{0})
      .refused_at_creation(op + "attribute num_sampled must be at most 68719476736, got " + count + ", which needs " +
                           count + " times 12 bytes");
}

/// More than there is memory for: an error of the runtime, after which the kernel runs on.
void more_than_memory(int64_t num_sampled) {
  for_each(kUnbounded, [&](OpNode node, const std::string&) {
    node.attributes.ints["num_sampled"] = num_sampled;
    node.attributes.ints["unique"] = 0;
    const OpKernel kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes);
    demand(kernel.error().empty(), kernel.error());
    demand(kernel.run(node.inputs).error == "no memory for output 0", "no error");
  });
}

void deterministic(int64_t seed, int64_t seed2) {
  for_each(kDrawing, [&](const OpNode& node, const std::string&) {
    Change change(node);
    change.attribute("seed", seed).attribute("seed2", seed2);
    change.accepted();
    demand_same(run_node(change.node()), run_node(change.node()), "two kernels of one seed");
  });
}

void runs_do_not_repeat() {
  for (const Build build : kDrawing) {
    const bool of_range = build == uniform_sampler_node || build == log_uniform_sampler_node;
    OpNode node = build({1, 1, 16, 1, 2000, 1}, 3);
    if (of_range) node.attributes.ints["range_max"] = int64_t{1} << 40;
    const OpKernel kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes);
    std::set<std::vector<int64_t>> tuples;
    for (int run = 0; run < 10'000; ++run) tuples.insert(kernel.run(node.inputs).outputs[0].numbers<int64_t>());
    demand(tuples.size() == 10'000, "samples of two runs are the same");
  }
}

}  // namespace

std::vector<Row> sampler_rows() {
  return {
      {"S01", "true_classes [2]",
       [] { shape_is({2}, 2, "true_classes must have rank 2, shape [batch, num_true], got rank 1, shape [2]"); }},
      {"S02", "true_classes scalar",
       [] { shape_is({}, 1, "true_classes must have rank 2, shape [batch, num_true], got rank 0, shape []"); }},
      {"S03", "true_classes [1,1,1]",
       [] {
         shape_is({1, 1, 1}, 1, "true_classes must have rank 2, shape [batch, num_true], got rank 3, shape [1, 1, 1]");
       }},
      {"S04", "two columns, num_true 1",
       [] {
         shape_is({2, 2}, 4,
                  "true_classes must have shape [batch, num_true] = [?, 1], got [2, 2]: dimension 1 is 2, expected 1");
       }},
      {"S06", "num_true 0", [] { integer_is("num_true", 0, "attribute num_true must be >= 1, got 0"); }},
      {"S07", "num_true -1, -2^63",
       [] {
         integer_is("num_true", -1, "attribute num_true must be >= 1, got -1");
         integer_is("num_true", INT64_MIN, "attribute num_true must be >= 1, got -9223372036854775808");
       }},
      {"S08", "num_true 3590707793247644003",
       [] {
         for_each(kSamplers, [](const OpNode& node, const std::string& op) {
           Change(node)
               .attribute("num_true", int64_t{3590707793247644003})
               .refused_by_shape(op +
                                 "true_classes must have shape [batch, num_true] = [?, 3590707793247644003], got "
                                 "[2, 1]: dimension 1 is 1, expected 3590707793247644003");
         });
       }},
      {"S09", "num_sampled 0", [] { integer_is("num_sampled", 0, "attribute num_sampled must be >= 1, got 0"); }},
      {"S10", "num_sampled -5", [] { integer_is("num_sampled", -5, "attribute num_sampled must be >= 1, got -5"); }},
      {"S12", "num_sampled 11 of 10, not unique",
       [] {
         for_each(kOfRange, [](const OpNode& node, const std::string&) {
           Change(node).attribute("num_sampled", int64_t{11}).attribute("unique", int64_t{0}).accepted();
         });
       }},
      {"S+1", "num_sampled 11 of 10, unique",
       [] {
         for_each(kOfRange, [](const OpNode& node, const std::string& op) {
           Change(node).attribute("num_sampled", int64_t{11}).refused_at_creation(
               op + "attribute num_sampled must be at most range_max = 10 with unique = 1, got 11");
         });
       }},
      {"S13", "num_sampled 10 of 10, unique",
       [] {
         for_each(kOfRange, [](const OpNode& node, const std::string&) {
           std::vector<int64_t> ids =
               Change(node).attribute("num_sampled", int64_t{10}).accepted().outputs[0].numbers<int64_t>();
           std::sort(ids.begin(), ids.end());
           demand(ids == std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, "no permutation");
         });
       }},
      {"S14", "num_sampled 10^6 of 10^6, unique",
       [] {
         const std::vector<int64_t> ids =
             large_run(log_uniform_sampler_node, 1'000'000, 1'000'000, 1).outputs[0].numbers<int64_t>();
         std::vector<bool> seen(1'000'000);
         for (const int64_t id : ids) seen.at(static_cast<size_t>(id)) = true;
         demand(std::count(seen.begin(), seen.end(), true) == 1'000'000, "no permutation");
       }},
      {"S15", "num_sampled 10^8 of 10^8, unique",
       [] {
         Change(table_node(log_uniform_sampler_node))
             .attribute("num_sampled", int64_t{100'000'000})
             .attribute("range_max", int64_t{100'000'000})
             .refused_at_creation(
                 "LogUniformCandidateSampler: num_sampled = 100000000 distinct candidates of range_max = 100000000 "
                 "classes cannot be drawn in 2147483647 draws; expected a smaller num_sampled, or unique = 0");
       }},
      {"S16", "num_sampled 2^20",
       [] {
         for (const Build build : kOfRange) {
           OpNode node = table_node(build);
           node.attributes.ints["num_sampled"] = 1 << 20;
           node.attributes.ints["range_max"] = 1'000'000;
           node.attributes.ints["unique"] = 0;
           const OpKernel kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes);
           const OpResult first = kernel.run(node.inputs), second = kernel.run(node.inputs);
           demand(first.error.empty() && second.error.empty(), first.error);
           demand(first.outputs[0].bytes != second.outputs[0].bytes, "no random numbers were reserved");
         }
       }},
      {"S18", "num_sampled 2^31 - 1", [] { more_than_memory(INT32_MAX); }},
      {"S19", "num_sampled 2^31", [] { more_than_memory(int64_t{1} << 31); }},
      {"S20", "num_sampled 2^40",
       [] {
         for (const Build build : kDrawing) too_many(build, int64_t{1} << 40);
       }},
      {"S21", "num_sampled 2^63 - 1",
       [] {
         for (const Build build : kSamplers) too_many(build, INT64_MAX);
       }},
      {"S22", "range_max 0", [] { integer_is("range_max", 0, "attribute range_max must be >= 1, got 0"); }},
      {"S24", "range_max -2^63",
       [] { integer_is("range_max", INT64_MIN, "attribute range_max must be >= 1, got -9223372036854775808"); }},
      {"S25", "range_max 2^31, 2^31 - 2",
       [] {
         for_each(kUnbounded, [](const OpNode& node, const std::string&) {
           Change(node).attribute("range_max", int64_t{1} << 31).accepted();
           Change(node).attribute("range_max", (int64_t{1} << 31) - 2).accepted();
         });
       }},
      {"S26", "range_max 2^62, label 10^17",
       [] {
         const float count = Change(table_node(log_uniform_sampler_node))
                                 .attribute("range_max", int64_t{1} << 62)
                                 .attribute("unique", int64_t{0})
                                 .element(0, 0, int64_t{100'000'000'000'000'000})
                                 .accepted()
                                 .outputs[1]
                                 .numbers<float>()[0];
         demand(count > 6.97e-19f && count < 6.99e-19f, "the expected count is not 3 p");
       }},
      {"S27", "range_max 2^63 - 1",
       [] {
         for_each(kUnbounded, [](const OpNode& node, const std::string&) {
           Change(node).attribute("range_max", INT64_MAX).accepted();
         });
       }},
      {"S28", "range_max 1, num_sampled 1",
       [] {
         for (const Build build : kDrawing) {
           OpNode node = build({2, 1, 1, 4, 1, 1}, 3);
           const OpResult result = Change(node).accepted();
           demand(result.outputs[0].numbers<int64_t>() == std::vector<int64_t>{0}, "the id is not 0");
           demand(result.outputs[2].numbers<float>() == std::vector<float>{1}, "the count is not 1");
         }
       }},
      {"S30", "label -1", [] { label_is(-1); }},
      {"S31", "label 2^63 - 1", [] { label_is(INT64_MAX); }},
      {"S32", "label -2^63", [] { label_is(INT64_MIN); }},
      {"S33", "label of row 999999",
       [] {
         for_each(kSamplers, [](OpNode node, const std::string& op) {
           node.inputs[0] = int64s({1'000'000, 1}, std::vector<int64_t>(1'000'000));
           Change(node).element(0, 999'999, int64_t{10}).refused_in_run(op +
                                                                        "true_classes[999999,0] = 10 is outside [0, 10)");
         });
       }},
      {"S34", "true_classes int32, float",
       [] {
         for_each(kSamplers, [](const OpNode& node, const std::string& op) {
           Change(node).input(0, int32s({2, 1}, {1, 2})).refused_at_creation(op +
                                                                             "true_classes must be int64, got int32");
           Change(node).input(0, zeros({2, 1}, 2)).refused_at_creation(op + "true_classes must be int64, got float");
         });
       }},
      {"S36", "seed -1, seed2 -2^63", [] { deterministic(-1, INT64_MIN); }},
      {"S37", "seed 2^63 - 1", [] { deterministic(INT64_MAX, 0); }},
      {"S38", "unique 2, -1",
       [] {
         integer_is("unique", 2, "attribute unique must be 0 or 1, got 2");
         integer_is("unique", -1, "attribute unique must be 0 or 1, got -1");
       }},
      {"S39", "range_max of another type",
       [] {
         for_each(kOfRange, [](const OpNode& node, const std::string& op) {
           Change(node).attribute("range_max", "10").refused_at_creation(
               op + "attribute range_max must be an int, got a string");
           Change(node).attribute("range_max", 10.0f).refused_at_creation(
               op + "attribute range_max must be an int, got a float");
           Change(node).list("range_max", std::vector<int64_t>{10}).refused_at_creation(
               op + "attribute range_max must be an int, got ints");
           Change(node).list("range_max", std::vector<float>{10}).refused_at_creation(
               op + "attribute range_max must be an int, got floats");
         });
       }},
      {"S40", "num_sample for num_sampled",
       [] {
         for_each(kSamplers, [](const OpNode& node, const std::string& op) {
           Change(node).without("num_sampled").attribute("num_sample", int64_t{3}).refused_at_creation(
               op + "attribute num_sampled is missing");
         });
       }},
      {"S42", "label 4 of 4, all candidates",
       [] {
         OpNode node = table_node(all_sampler_node);
         node.attributes.ints["num_sampled"] = 4;
         node.inputs[0] = int64s({2, 1}, {0, 3});
         Change(node).element(0, 1, int64_t{4}).refused_in_run(
             "AllCandidateSampler: true_classes[1,0] = 4 is outside [0, 4)");
       }},
      {"S43", "num_sampled 2^40, all candidates", [] { too_many(all_sampler_node, int64_t{1} << 40); }},
      {"S44", "two nodes of the same seeds",
       [] {
         for_each(kDrawing, [](const OpNode& node, const std::string&) {
           const OpKernel a(node.op, declare(node.inputs, Declared::kTypes), node.attributes);
           const OpKernel b(node.op, declare(node.inputs, Declared::kTypes), node.attributes);
           for (int run = 0; run < 3; ++run) demand_same(a.run(node.inputs), b.run(node.inputs), "two nodes");
         });
       }},
      {"S45", "10,000 runs", runs_do_not_repeat},
  };
}

}  // namespace ortnce::test
