// Rows N57 to N69: values of NceLoss that are infinite, NaN, huge or tiny.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>

#include "bad_inputs/change.h"
#include "bad_inputs/rows.h"
#include "support/nce_terms.h"
#include "support/softplus_accuracy.h"
#include "support/test_device.h"

namespace ortnce::test {
namespace {

constexpr size_t kInputs = 0, kLabels = 1, kBiases = 2, kSampled = 3, kTrueCount = 4, kSampledCount = 5, kWeights = 7;
constexpr float kInf = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();

/// The table's problem, without hits or counts.
OpNode plain(NodeSizes sizes = kTableSizes) {
  OpNode node = nce_loss_of_sample_node(sizes, 3);
  node.attributes.ints["remove_accidental_hits"] = 0;
  node.attributes.ints["subtract_log_q"] = 0;
  return node;
}

std::vector<float> losses_of(const Change& change) { return change.accepted().outputs[0].numbers<float>(); }

/// One example, one label of class 0, candidates of class 1, logits from biases alone.
Change logits_are(float of_label, float of_candidates, int64_t candidates) {
  Change change(plain({1, 1, candidates, 0, 2, 1}));
  change.input(kLabels, int64s({1, 1}, {0}))
      .input(kSampled, int64s({candidates}, std::vector<int64_t>(static_cast<size_t>(candidates), 1)))
      .input(kBiases, floats({2}, {of_label, of_candidates}));
  return change;
}

/// Row 0 of the inputs changed: its loss is what `wrong` takes, that of row 1 the same bits as before.
template <class Wrong>
void only_row_0(Change change, Wrong wrong) {
  const std::vector<float> before = losses_of(Change(plain())), after = losses_of(change);
  demand(wrong(after[0]), "the loss of row 0 is not what it must be");
  demand(before[1] == after[1], "the loss of row 1 changed");
}

bool is_nan(float loss) { return std::isnan(loss); }

double seconds_of(const OpKernel& kernel, const OpNode& node) {
  const auto start = std::chrono::steady_clock::now();
  demand(kernel.run(node.inputs).error.empty(), "the run fails");
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void subnormal_inputs() {
  const OpNode normal = plain({64, 1, 512, 64, 100, 1});
  OpNode subnormal = normal;
  std::vector<float> tiny(64 * 64, 1e-44f);
  subnormal.inputs[kInputs] = floats({64, 64}, tiny);
  Change(subnormal).accepted();
  // The time of an emulated device is that of this processor, which it does not have.
  TestDevice* const device = TestDevice::find();
  if (device != nullptr && std::strcmp(device->name(), "emulation") == 0) return;
  const OpKernel kernel(normal.op, declare(normal.inputs, Declared::kTypes), normal.attributes);
  double of_normal = 1e9, of_subnormal = 1e9;
  for (int run = 0; run < 15; ++run) {
    of_normal = std::min(of_normal, seconds_of(kernel, normal));
    of_subnormal = std::min(of_subnormal, seconds_of(kernel, subnormal));
  }
  demand(of_subnormal <= 3 * of_normal, "subnormal numbers take more than three times as long");
}

}  // namespace

std::vector<Row> nce_value_rows() {
  return {
      {"N57", "NaN in row 0", [] { only_row_0(Change(plain()).element(kInputs, 2, kNan), is_nan); }},
      {"N58", "infinite logits: the limits",
       [] {
         demand(losses_of(logits_are(kInf, 0, 0))[0] == 0, "+infinity of a label");
         demand(losses_of(logits_are(-kInf, 0, 0))[0] == kInf, "-infinity of a label");
         demand(losses_of(logits_are(kInf, kInf, 1))[0] == kInf, "+infinity of a candidate");
         demand(losses_of(logits_are(kInf, -kInf, 1))[0] == 0, "-infinity of a candidate");
         OpNode node = plain({1, 1, 0, 1, 1, 1});
         node.inputs = {floats({1, 1}, {kInf}), int64s({1, 1}, {0}), {}, int64s({0}, {}), floats({1, 1}, {1}),
                        floats({0}, {}), {}, floats({1, 1}, {1})};
         demand(losses_of(Change(node))[0] == 0, "+infinity by the inputs");
       }},
      {"N60", "+infinity and -infinity in one product",
       [] {
         Change change(plain());
         change.input(kWeights, floats({10, 4}, std::vector<float>(40, 1))).element(kInputs, 0, kInf).element(kInputs, 1, -kInf);
         Change same(plain());
         same.input(kWeights, floats({10, 4}, std::vector<float>(40, 1)));
         const std::vector<float> before = losses_of(same), after = losses_of(change);
         demand(std::isnan(after[0]) && after[1] == before[1], "not NaN of that row alone");
       }},
      {"N61", "inputs 1e38, weights 0.1",
       [] {
         Change change(plain());
         change.input(kInputs, floats({2, 4}, std::vector<float>(8, 1e38f)))
             .input(kWeights, floats({10, 4}, std::vector<float>(40, 0.1f)));
         for (const float loss : losses_of(change)) demand(std::fabs(loss - 1.2e38f) < 1e33f, "not 1.2e38");
       }},
      {"N62", "inputs 1e38, weights 1e38",
       [] {
         Change change(plain());
         change.input(kInputs, floats({2, 4}, std::vector<float>(8, 1e38f)))
             .input(kWeights, floats({10, 4}, std::vector<float>(40, 1e38f)));
         for (const float loss : losses_of(change)) demand(!std::isfinite(loss), "a finite loss of infinite logits");
       }},
      {"N63", "subnormal inputs, at most 3 times the time", subnormal_inputs},
      {"N64", "logits 88.73, 104, 1e4 and below 0: 2 ulp",
       [] {
         for (const float logit : {88.73f, 104.0f, -88.73f, -104.0f, 1e4f, -1e4f}) {
           const float loss = losses_of(logits_are(kInf, logit, 1))[0];
           demand(ulp_error(loss, exact_softplus(logit)) <= 2, "softplus(" + std::to_string(logit) + ")");
         }
       }},
      {"N66", "NaN in the row of a class that takes no part",
       [] {
         Change change(plain());
         change.input(kLabels, int64s({2, 1}, {1, 2})).input(kSampled, int64s({3}, {1, 2, 3}));
         const std::vector<float> before = losses_of(change);
         for (size_t d = 0; d < 4; ++d) change.element(kWeights, 9 * 4 + d, kNan);
         change.element(kBiases, 9, kNan);
         demand(losses_of(change) == before, "a loss changed");
       }},
      {"N67", "the bias of a class infinite", [] { demand(losses_of(logits_are(0, kInf, 2))[0] == kInf, "not infinite"); }},
      {"N68", "float16, a product beyond 65504",
       [] {
         constexpr auto kHalf = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
         Change change(plain());
         change.input(kInputs, rounded(floats({2, 4}, std::vector<float>(8, 200)), kHalf))
             .input(kWeights, rounded(floats({10, 4}, std::vector<float>(40, 200)), kHalf))
             .input(kBiases, rounded(floats({10}, std::vector<float>(10)), kHalf));
         for (const float loss : losses_of(change)) demand(loss == 3 * 160'000.0f, "not the sum of three logits");
       }},
      {"N69", "10^6 terms of 1e-36",
       [] {
         const float loss = losses_of(logits_are(kInf, -83, 1'000'000))[0];
         const double exact = 1e6 * exact_softplus(-83);
         demand(std::fabs(static_cast<double>(loss) - exact) <= 1e-6 * exact, "the sum lost its digits");
       }},
  };
}

}  // namespace ortnce::test
