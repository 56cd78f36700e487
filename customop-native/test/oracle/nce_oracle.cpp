// NceLoss and NceLossGrad.
#include <algorithm>
#include <map>
#include <set>

#include "oracle/oracle.h"
#include "oracle/views.h"

namespace ortnce::test {
namespace {

/// One NceLoss problem; the inputs of a gradient are given without loss_grad, as those of the loss.
struct NceView {
  int64_t batch, dim, num_true, num_sampled = 0;
  std::vector<double> x;
  Layer layer;
  std::vector<int64_t> labels, candidates;
  std::vector<double> true_counts, sampled_counts;
  bool mask, subtract_log_q;

  explicit NceView(const OpNode& node)
      : batch(node.inputs.at(0).dims.at(0)),
        dim(node.inputs.at(0).dims.at(1)),
        num_true(node.integer("num_true", 1)),
        x(numbers_of(node.inputs[0])),
        layer(node, 2, 7, dim,
              node.has_integer("num_classes") ? std::optional(node.integer("num_classes", 0)) : std::nullopt),
        labels(labels_of(node, 1, layer.classes)),
        mask(node.integer("remove_accidental_hits", 0) == 1),
        subtract_log_q(node.integer("subtract_log_q", 1) == 1) {
    require(static_cast<int64_t>(labels.size()) == batch * num_true, "labels of another shape were accepted");
  }

  void set_sample(const OpTensor& sampled, const OpTensor& true_count, const OpTensor& sampled_count) {
    candidates = ids_of(sampled);
    true_counts = numbers_of(true_count);
    sampled_counts = numbers_of(sampled_count);
    num_sampled = static_cast<int64_t>(candidates.size());
    require(true_counts.size() == labels.size() && sampled_counts.size() == candidates.size(),
            "counts of another shape were accepted");
    for (const int64_t id : candidates) require(id >= 0 && id < layer.classes, "a candidate outside was accepted");
  }

  /// Calls visit(class, logit, target) for the terms of example i.
  template <class Visit>
  void for_each_term(int64_t i, Visit visit) const {
    const int64_t* const own = labels.data() + i * num_true;
    const int64_t counted = num_true - std::count(own, own + num_true, -1);
    if (counted == 0) return;
    const double* const xi = x.data() + i * dim;
    for (int64_t j = 0; j < num_true; ++j) {
      if (own[j] < 0) continue;
      visit(own[j], logit(xi, own[j], true_counts[static_cast<size_t>(i * num_true + j)]),
            1 / static_cast<double>(counted));
    }
    for (int64_t k = 0; k < num_sampled; ++k) {
      const int64_t id = candidates[static_cast<size_t>(k)];
      if (mask && std::count(own, own + num_true, id) > 0) continue;
      visit(id, logit(xi, id, sampled_counts[static_cast<size_t>(k)]), 0.0);
    }
  }

  bool counts(int64_t i) const {
    return std::count(labels.begin() + i * num_true, labels.begin() + (i + 1) * num_true, -1) < num_true;
  }

  int64_t counted_examples() const {
    int64_t count = 0;
    for (int64_t i = 0; i < batch; ++i) count += counts(i);
    return count;
  }

  std::vector<BoundedLoss> losses() const {
    std::vector<BoundedLoss> result(static_cast<size_t>(batch));
    for (int64_t i = 0; i < batch; ++i) {
      for_each_term(i, [&](int64_t, const ClassLogit& logit, double target) {
        result[static_cast<size_t>(i)].add(logit, target, dim, num_true + num_sampled);
      });
    }
    return result;
  }

 private:
  ClassLogit logit(const double* xi, int64_t c, double count) const {
    ClassLogit logit = layer.logit(xi, c);
    if (subtract_log_q) {
      require(std::isfinite(count) && count > 0, "an expected count that is no count was accepted");
      logit.value -= std::log(count);
      logit.magnitude += std::fabs(std::log(count));
    }
    return logit;
  }
};

/// A sample that the op drew: distinct candidates, counts that may be.
void check_own_sample(const NceView& view) {
  const std::set<int64_t> distinct(view.candidates.begin(), view.candidates.end());
  require(distinct.size() == view.candidates.size(), "a candidate was drawn twice");
  // p S where no draw was repeated, which may be above 1, but not above S.
  const double most = static_cast<double>(view.num_sampled) * 1.0001;
  for (const double count : view.sampled_counts) require(count > 0 && count <= most, "an expected count is wrong");
  for (size_t at = 0; at < view.labels.size(); ++at) {
    const double count = view.true_counts[at];
    require(view.labels[at] < 0 ? count == 0 : count > 0 && count <= most, "an expected count is wrong");
  }
}

/// A sum of slopes times factors, and how far it may be off.
struct Sum {
  double value = 0, bound = 0;
  bool tame = true;

  void add(const ClassLogit& logit, double target, double grad, double factor, int64_t dim, int64_t terms) {
    const double scale = std::fabs(grad) * std::fabs(factor);
    if (!(logit.magnitude < kTame) || !(scale < kTame) || !(logit.magnitude * scale < kTame)) {
      tame = false;
      return;
    }
    const double s = sigmoid_of(logit.value);
    const double slope = target == 1 ? -sigmoid_of(-logit.value) : s - target;
    const double part = target == 0 || target == 1 ? std::fabs(slope) : s + target;
    const double off = kUnit * static_cast<double>(dim + 4) * logit.magnitude;
    value += grad * slope * factor;
    bound += scale * (off / 4 + off * off / 8 + kUnit * static_cast<double>(6 + terms) * part) +
             kSubnormal * (1 + std::fabs(grad)) * (1 + std::fabs(factor));
  }
};

void check_sum(double found, const Sum& sum, double output_unit, double subnormal, const char* what, int64_t index) {
  if (!sum.tame) return;
  require_within(found, sum.value, sum.bound + output_unit * std::fabs(sum.value) + subnormal, what, index);
}

}  // namespace

void check_nce_loss(const OpNode& node, const OpResult& result) {
  NceView view(node);
  const std::vector<OpTensor>& out = result.outputs;
  const bool own = !node.has_input(3);
  if (own) {
    if (out[1].bytes.empty() || out[3].bytes.empty() || (out[2].bytes.empty() && view.batch > 0)) return;
    require(static_cast<int64_t>(ids_of(out[1]).size()) == node.integer("num_sampled", 0), "num_sampled is not kept");
    view.set_sample(out[1], out[2], out[3]);
    check_own_sample(view);
  } else {
    view.set_sample(node.inputs[3], node.inputs[4], node.inputs[5]);
    for (size_t i = 1; i <= 3; ++i) {
      if (has_shape(out[i], node.inputs[2 + i].dims)) {
        require(out[i].bytes == node.inputs[2 + i].bytes, "the sample that was used is not the one given");
      }
    }
  }
  check_losses(out[0], node.text("reduction", "none"), view.losses(), view.counted_examples(), "loss");
}

void check_nce_loss_grad(const OpNode& node, const OpResult& result) {
  OpNode of_loss = node;
  of_loss.inputs.erase(of_loss.inputs.begin());
  of_loss.inputs.insert(of_loss.inputs.begin() + 6, OpTensor{});
  NceView view(of_loss);
  view.set_sample(of_loss.inputs[3], of_loss.inputs[4], of_loss.inputs[5]);
  const std::string reduction = node.text("reduction", "none");
  const int64_t counted = view.counted_examples();
  const std::vector<double> loss_grad = numbers_of(node.inputs[0]);
  const auto grad = [&](int64_t i) {
    if (reduction == "none") return loss_grad[static_cast<size_t>(i)];
    return reduction == "mean" ? loss_grad[0] / static_cast<double>(counted) : loss_grad[0];
  };

  const int64_t dim = view.dim, terms = view.batch * (view.num_true + view.num_sampled);
  std::vector<Sum> inputs_grad(static_cast<size_t>(view.batch * dim));
  std::map<int64_t, std::vector<Sum>> class_grads;  // dim sums for the weights, then that of the bias
  const auto of_class = [&](int64_t c) -> std::vector<Sum>& {
    std::vector<Sum>& sums = class_grads[c];
    sums.resize(static_cast<size_t>(dim) + 1);
    return sums;
  };
  for (const int64_t c : view.candidates) of_class(c);
  for (int64_t i = 0; i < view.batch; ++i) {
    view.for_each_term(i, [&](int64_t c, const ClassLogit& logit, double target) {
      std::vector<Sum>& sums = of_class(c);
      for (int64_t d = 0; d < dim; ++d) {
        const auto at = static_cast<size_t>(d);
        inputs_grad[static_cast<size_t>(i * dim) + at].add(logit, target, grad(i), view.layer.row(c)[d], dim, terms);
        sums[at].add(logit, target, grad(i), view.x[static_cast<size_t>(i * dim + d)], dim, terms);
      }
      sums[static_cast<size_t>(dim)].add(logit, target, grad(i), 1, dim, terms);
    });
  }

  const std::vector<OpTensor>& out = result.outputs;
  if (has_shape(out[0], {view.batch, dim})) {
    require(out[0].type == node.inputs[1].type, "inputs_grad is not of the type of inputs");
    const bool f16 = out[0].type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
    const bool bf16 = out[0].type == ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16;
    const double unit = f16 ? 0x1p-11 : bf16 ? 0x1p-8 : 0;
    const double smallest = f16 ? 0x1p-25 : bf16 ? 0x1p-134 : kSubnormal;
    const std::vector<double> found = numbers_of(out[0]);
    for (size_t at = 0; at < found.size(); ++at) {
      if (f16 && std::fabs(inputs_grad[at].value) > 65000) continue;  // infinity, or just below
      check_sum(found[at], inputs_grad[at], unit, smallest, "inputs_grad", static_cast<int64_t>(at));
    }
  }
  const auto classes = static_cast<int64_t>(class_grads.size());
  std::vector<int64_t> ids;
  for (const auto& [id, sums] : class_grads) ids.push_back(id);
  if (has_shape(out[1], {classes})) require(ids_of(out[1]) == ids, "class_ids are wrong");
  const std::vector<double> weights_grad = has_shape(out[2], {classes, dim}) ? numbers_of(out[2]) : std::vector<double>{};
  const std::vector<double> biases_grad = has_shape(out[3], {classes}) ? numbers_of(out[3]) : std::vector<double>{};
  size_t at = 0;
  for (const auto& [id, sums] : class_grads) {
    for (size_t d = 0; d < static_cast<size_t>(dim) && !weights_grad.empty(); ++d) {
      const size_t element = at * static_cast<size_t>(dim) + d;
      check_sum(weights_grad[element], sums[d], 0, 0, "weights_grad", static_cast<int64_t>(element));
    }
    if (!biases_grad.empty()) check_sum(biases_grad[at], sums.back(), 0, 0, "biases_grad", static_cast<int64_t>(at));
    ++at;
  }
  check_losses(out[4], reduction, view.losses(), counted, "loss");
}

}  // namespace ortnce::test
