// FullSigmoidLoss: the evaluation losses over all classes and the ranks of the labels, in one pass.
#include <algorithm>
#include <vector>

#include "kernels/full_sigmoid_loss.h"
#include "ops/full_sigmoid_loss_node.h"
#include "ops/full_sigmoid_outputs.h"
#include "ops/ops.h"
#include "ops/signatures.h"

namespace ortnce::ops {
namespace {

class FullSigmoidLossKernel {
 public:
  explicit FullSigmoidLossKernel(const OrtKernelInfo* info) : node_(info), memory_(cpu_memory()) {}

  void compute(RunContext& context) {
    const ClassScanRun run(kFullSigmoidLoss, node_.attributes, kFullSigmoidInputs, context, memory_.get());
    const kernels::ClassScanProblem& problem = run.problem();
    const int64_t batch = problem.batch, labels_count = batch * problem.num_true;
    const FullSigmoidOutputs outputs(context, batch, problem.num_true, node_.reduction);
    float* const true_logits_out = context.output<float>(FullSigmoidOutputs::kTrueLogits, {batch, problem.num_true});
    const bool exponentials = outputs.softmax_loss != nullptr, ranks = outputs.true_ranks != nullptr;

    ReadyScan ready(problem, exponentials, ranks);
    kernels::ClassScan& scan = ready.scan();
    Workspace& workspace = ready.workspace();
    const int64_t wave = scan.most_chunks();
    const size_t logits_at = workspace.reserve<float>(labels_count);
    const size_t counts_at = workspace.reserve<int64_t>(ranks ? labels_count : 0);
    const size_t softplus_at = workspace.reserve_product<double>(batch, wave);
    const size_t exponentials_at = workspace.reserve_product<double>(exponentials ? batch : 0, wave);
    const size_t totals_at = workspace.reserve<kernels::ClassTotals>(batch);
    const size_t losses_at = workspace.reserve<double>(batch);
    ready.start(kFullSigmoidLoss, context, memory_.get());

    float* const logits = workspace.at<float>(logits_at);
    int64_t* const larger_counts = workspace.at<int64_t>(counts_at);
    auto* const totals = workspace.at<kernels::ClassTotals>(totals_at);
    std::fill_n(larger_counts, ranks ? labels_count : 0, 0);
    std::fill_n(totals, batch, kernels::ClassTotals{});
    scan.true_logits(logits);
    if (true_logits_out != nullptr) std::copy_n(logits, labels_count, true_logits_out);
    if (outputs.loss == nullptr && !exponentials && !ranks) return;

    double* const log_sum_exps = exponentials ? workspace.at<double>(exponentials_at) : nullptr;
    const kernels::ChunkResults results{wave, workspace.at<double>(softplus_at), log_sum_exps,
                                        ranks ? larger_counts : nullptr};
    const int64_t chunks = kernels::chunk_count(problem.class_end);
    for (int64_t first = 0; first < chunks; first += wave) {
      const int64_t count = std::min(wave, chunks - first);
      scan.scan(first, count, logits, results);
      kernels::add_chunks(batch, count, wave, results.softplus_sums, log_sum_exps, totals);
    }
    const FullSigmoidFigures figures{batch, problem.num_true, problem.labels, logits, totals, larger_counts};
    write_outputs(figures, node_.reduction, workspace.at<double>(losses_at), outputs);
  }

 private:
  FullSigmoidLossNode node_;
  MemoryInfo memory_;
};

}  // namespace

OpOfRuntime full_sigmoid_loss_op(const OrtApi& runtime_api) {
  return op_of_runtime<FullSigmoidLossKernel>(runtime_api, full_sigmoid_loss_signature());
}

}  // namespace ortnce::ops
