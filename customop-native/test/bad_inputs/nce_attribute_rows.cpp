// Rows N70 to N86: partitions, attributes and types of NceLoss. V = 10, D = 4, B = 2, S = 3, T = 1.
#include <sys/mman.h>

#include "bad_inputs/change.h"
#include "bad_inputs/rows.h"

namespace ortnce::test {
namespace {

constexpr size_t kInputs = 0, kLabels = 1, kBiases = 2, kSampled = 3, kStep = 6, kWeights = 7;
constexpr auto kHalf = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, kBrain = ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16;
constexpr auto kDouble = ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE;

std::string text(const std::string& rest) { return "NceLoss: " + rest; }

OpNode given() { return nce_loss_of_sample_node(kTableSizes, 3); }
OpNode own() { return nce_loss_node(kTableSizes, 3); }

/// Partitions of these rows, of one column less where `short_columns` says so.
Change partitions_are(const std::vector<int64_t>& rows, int64_t last_dim = 4) {
  Change change(given());
  change.inputs(kWeights);
  for (size_t p = 0; p < rows.size(); ++p) {
    const int64_t dim = p == 1 ? last_dim : 4;
    change.append(zeros({rows[p], dim}, rows[p] * dim));
  }
  return change;
}

/// The rows of one table in P partitions.
OpNode partitioned(const OpNode& whole, int64_t partitions, const char* strategy) {
  const std::vector<float> rows = whole.inputs[kWeights].numbers<float>();
  const int64_t dim = whole.inputs[kWeights].dims[1], classes = whole.inputs[kWeights].dims[0];
  const bool mod = std::string(strategy) == "mod";
  std::vector<std::vector<float>> parts(static_cast<size_t>(partitions));
  for (int64_t c = 0; c < classes; ++c) {
    const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(c * dim);
    std::vector<float>& part = parts[static_cast<size_t>(mod ? c % partitions : c * partitions / classes)];
    part.insert(part.end(), begin, begin + static_cast<std::ptrdiff_t>(dim));
  }
  OpNode node = whole;
  node.attributes.strings["partition_strategy"] = strategy;
  node.inputs.resize(kWeights);
  for (const std::vector<float>& part : parts) {
    node.inputs.push_back(floats({static_cast<int64_t>(part.size()) / dim, dim}, part));
  }
  return node;
}

void same_as_whole(int64_t partitions) {
  const OpNode whole = given();
  for (const char* strategy : {"div", "mod"}) {
    const OpNode parts = partitioned(whole, partitions, strategy);
    Change(parts).accepted();
    demand_same(run_node(parts), run_node(whole), strategy);
  }
}

void number_is(const OpNode& node, const char* name, int64_t value, const std::string& rest) {
  Change(node).attribute(name, value).refused_at_creation(text(rest));
}

void choice_is(const char* name, const char* value, const std::string& rest) {
  Change(given()).attribute(name, value).refused_at_creation(text(rest));
}

/// Memory that is there once it is touched.
class LazyMemory {
 public:
  explicit LazyMemory(size_t bytes)
      : bytes_(bytes),
        data_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {
    demand(data_ != MAP_FAILED, "no address space");
  }
  ~LazyMemory() { munmap(data_, bytes_); }
  LazyMemory(const LazyMemory&) = delete;
  LazyMemory& operator=(const LazyMemory&) = delete;

  uint16_t* halves() { return static_cast<uint16_t*>(data_); }

 private:
  size_t bytes_;
  void* data_;
};

/// More than 2^31 elements, of which the last rows take part: the losses and gradients of these rows alone.
void large_table(OpNode (*build)(const NodeSizes&, uint64_t), size_t labels, size_t sampled, size_t biases,
                 size_t weights) {
  constexpr int64_t kDim = 1024, kFew = 16, kRows = (int64_t{1} << 21) + kFew;
  OpNode small = build({2, 1, 3, kDim, kFew, 1}, 3);
  small.inputs[biases] = {};
  small.inputs[weights] = rounded(small.inputs[weights], kHalf);
  LazyMemory table(static_cast<size_t>(kRows * kDim) * sizeof(uint16_t));
  std::memcpy(table.halves() + (kRows - kFew) * kDim, small.inputs[weights].bytes.data(),
              small.inputs[weights].bytes.size());
  OpNode large = small;
  large.inputs[weights] = {kHalf, {kRows, kDim}, {}, table.halves()};
  const auto moved = [&](size_t input) {
    std::vector<int64_t> ids = small.inputs[input].numbers<int64_t>();
    for (int64_t& id : ids) id += kRows - kFew;
    large.inputs[input] = int64s(small.inputs[input].dims, ids);
  };
  moved(labels);
  moved(sampled);
  const OpResult of_large = run_node(large), of_small = run_node(small);
  for (const size_t output : {size_t{0}, size_t{2}, size_t{3}}) {
    demand(of_large.outputs[output].bytes == of_small.outputs[output].bytes, "rows beyond 2^31 elements are not found");
  }
}

}  // namespace

std::vector<Row> nce_attribute_rows() {
  return {
      {"N70", "partitions of another dim",
       [] {
         partitions_are({4, 3, 3}, 5).refused_by_shape(
             text("weights[1] must have shape [rows, dim of inputs] = [?, 4], got [3, 5]: dimension 1 is 5, expected "
                  "4"));
       }},
      {"N72", "\"mod\" partitions of 3, 3, 4 rows",
       [] {
         partitions_are({3, 3, 4}).attribute("partition_strategy", "mod").refused_by_shape(
             text("weights of partition_strategy \"mod\" must have [4, 3, 3] rows, got [3, 3, 4]"));
       }},
      {"N73", "no partition",
       [] { Change(given()).inputs(kWeights).refused_at_creation(text("weights is missing")); }},
      {"N74", "1 to 10 partitions: the same bits",
       [] {
         for (const int64_t partitions : {1, 2, 3, 7, 10}) same_as_whole(partitions);
       }},
      {"N75", "partition_strategy \"mod \", \"MOD\", \"hash\", \"\"",
       [] {
         for (const char* value : {"mod ", "MOD", "hash", ""}) {
           choice_is("partition_strategy", value,
                     std::string("attribute partition_strategy must be one of \"div\", \"mod\", got \"") + value + "\"");
         }
         choice_is("partition_strategy", "m\xC3\xB6" "d\n",
                   "attribute partition_strategy must be one of \"div\", \"mod\", got \"m??d?\"");
         const std::string beginning(64, 'm');
         choice_is("partition_strategy", (beginning + "od").c_str(),
                   "attribute partition_strategy must be one of \"div\", \"mod\", got \"" + beginning + "...\"");
       }},
      {"N78", "1000 partitions of 10 rows", [] { same_as_whole(1000); }},
      {"N79", "more than 2^31 elements", [] { large_table(nce_loss_of_sample_node, kLabels, kSampled, kBiases, kWeights); },
       8192},
      {"G08", "gradients of more than 2^31 elements", [] { large_table(nce_loss_grad_node, 2, 4, 3, 7); }, 8192},
      {"N80", "reduction \"avg\"",
       [] {
         choice_is("reduction", "avg", "attribute reduction must be one of \"none\", \"mean\", \"sum\", got \"avg\"");
       }},
      {"N82", "num_true 0; num_sampled 0 or none of its own sample",
       [] {
         number_is(own(), "num_true", 0, "num_true must be >= 1, got 0");
         number_is(own(), "num_true", INT64_MIN, "num_true must be >= 1, got -9223372036854775808");
         number_is(own(), "num_sampled", 0, "num_sampled must be >= 1 without sampled_candidates, got 0");
         number_is(own(), "num_sampled", -1, "num_sampled must be >= 0, got -1");
         Change(own()).without("num_sampled").refused_at_creation(
             text("attribute num_sampled is missing: it is required without sampled_candidates"));
         Change(own()).attribute("num_sampled", int64_t{11}).refused_by_shape(
             text("num_sampled must be at most num_classes = 10, since candidates are drawn without replacement, got "
                  "11"));
       }},
      {"N84", "flags that are neither 0 nor 1",
       [] {
         number_is(given(), "subtract_log_q", 2, "attribute subtract_log_q must be 0 or 1, got 2");
         number_is(given(), "remove_accidental_hits", -1, "attribute remove_accidental_hits must be 0 or 1, got -1");
       }},
      {"N85", "types of inputs, weights and biases",
       [] {
         Change(given()).type(kInputs, kDouble).refused_at_creation(
             text("inputs must be float, float16 or bfloat16, got double"));
         Change(given()).type(kInputs, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32).refused_at_creation(
             text("inputs must be float, float16 or bfloat16, got int32"));
         Change(given()).type(kWeights, kDouble).refused_at_creation(
             text("weights must be float, float16 or bfloat16, got double"));
         Change(given()).input(kInputs, rounded(given().inputs[kInputs], kHalf)).refused_at_creation(
             text("weights must be float16 like inputs, got float"));
         Change(given()).input(kWeights, rounded(given().inputs[kWeights], kBrain)).refused_at_creation(
             text("biases must be bfloat16 like weights, got float"));
         Change(given()).type(kBiases, kDouble).refused_at_creation(text("biases must be float like weights, got double"));
       }},
      {"N86", "weights of another shape in the second run",
       [] {
         const OpNode first = given(), second = nce_loss_of_sample_node({2, 1, 3, 4, 31, 1}, 9);
         const OpKernel kernel(first.op, declare(first.inputs, Declared::kTypes), first.attributes);
         for (const OpNode& node : {first, second, first}) {
           demand_same(kernel.run(node.inputs), run_node(node), "a run after one of other weights");
         }
       }},
      {"N+4", "num_classes 0 and above the rows",
       [] {
         number_is(given(), "num_classes", 0, "num_classes must be >= 1, got 0");
         number_is(given(), "num_classes", INT64_MIN, "num_classes must be >= 1, got -9223372036854775808");
       }},
      {"N+5", "missing inputs",
       [] {
         Change(given()).without_input(kInputs).refused_at_creation(text("inputs is missing"));
         Change(given()).without_input(kLabels).refused_at_creation(text("labels is missing"));
         Change(given()).without_input(kWeights).refused_at_creation(text("weights is missing"));
       }},
      {"N+6", "step negative, of another shape or type",
       [] {
         Change(own()).input(kStep, int64s({1}, {-1})).refused_by_value(text("step must be >= 0, got -1"));
         Change(own()).input(kStep, int64s({2}, {1, 2})).refused_by_shape(
             text("step must be a scalar or have shape [1], got [2]"));
         Change(own()).input(kStep, zeros({1}, 1)).refused_at_creation(text("step must be int64, got float"));
         Change(own()).input(kStep, int64s({1}, {INT64_MAX})).accepted();
       }},
      {"N+7", "rows of all partitions overflow",
       [] {
         const int64_t huge = INT64_MAX / 2 + 1;
         Change change(given());
         change.inputs(kWeights).append({ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, {huge, 4}, {}})
             .append({ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, {huge, 4}, {}});
         change.refused_by_shape(text("the rows of all weights overflow int64"));
       }},
  };
}

}  // namespace ortnce::test
