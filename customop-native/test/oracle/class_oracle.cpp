// The ops over all classes: FullSigmoidLoss, its shards, and TopKClasses.
#include <algorithm>
#include <map>
#include <set>

#include "oracle/oracle.h"
#include "oracle/views.h"

namespace ortnce::test {
namespace {

constexpr int64_t kChunk = 8192;

/// A batch against all classes.
struct ClassView {
  int64_t batch, dim, num_true;
  std::vector<double> x;
  Layer layer;

  ClassView(const OpNode& node, size_t biases, size_t weights, std::optional<int64_t> limit)
      : batch(node.inputs.at(0).dims.at(0)),
        dim(node.inputs.at(0).dims.at(1)),
        num_true(node.integer("num_true", 1)),
        x(numbers_of(node.inputs[0])),
        layer(node, biases, weights, dim, limit) {}

  std::vector<ClassLogit> logits(int64_t i) const {
    std::vector<ClassLogit> result;
    for (int64_t c = 0; c < layer.classes; ++c) result.push_back(layer.logit(x.data() + i * dim, c));
    return result;
  }

  /// How far the float of a logit may be off.
  double off(const ClassLogit& logit) const {
    return kUnit * static_cast<double>(dim + 1) * logit.magnitude + static_cast<double>(dim + 1) * kSubnormal;
  }
};

bool is_tame(const std::vector<ClassLogit>& logits) {
  return std::all_of(logits.begin(), logits.end(), [](const ClassLogit& z) { return z.magnitude < kTame; });
}

/// The share of the counted labels that each class has.
std::map<int64_t, double> shares_of(const int64_t* labels, int64_t num_true) {
  const int64_t counted = num_true - std::count(labels, labels + num_true, -1);
  std::map<int64_t, double> shares;
  for (int64_t j = 0; j < num_true; ++j) {
    if (labels[j] >= 0) shares[labels[j]] += 1 / static_cast<double>(counted);
  }
  for (auto& [c, share] : shares) share = share > 1 - 1e-9 ? 1 : share;
  return shares;
}

BoundedLoss sigmoid_loss(const std::vector<ClassLogit>& logits, const std::map<int64_t, double>& shares, int64_t dim) {
  BoundedLoss loss;
  for (size_t c = 0; !shares.empty() && c < logits.size(); ++c) {
    const auto share = shares.find(static_cast<int64_t>(c));
    loss.add(logits[c], share == shares.end() ? 0 : share->second, dim, static_cast<int64_t>(logits.size()));
  }
  return loss;
}

/// log of the sum of exp(z - top) over the classes that `counts` names, and log(sum) = top + that.
template <class Counts>
double log_sum_exp(const std::vector<ClassLogit>& logits, Counts counts) {
  double top = -INFINITY;
  for (size_t c = 0; c < logits.size(); ++c) {
    if (counts(static_cast<int64_t>(c))) top = std::fmax(top, logits[c].value);
  }
  double sum = 0;
  for (size_t c = 0; c < logits.size(); ++c) {
    if (counts(static_cast<int64_t>(c))) sum += std::exp(logits[c].value - top);
  }
  return sum == 0 ? -INFINITY : top + std::log(sum);
}

BoundedLoss softmax_loss(const ClassView& view, const std::vector<ClassLogit>& logits,
                         const std::map<int64_t, double>& shares) {
  BoundedLoss loss;
  if (shares.empty()) return loss;
  if (!is_tame(logits)) {
    loss.tame = false;
    return loss;
  }
  double mean = 0, off = 0;
  for (const auto& [c, share] : shares) mean += share * logits[static_cast<size_t>(c)].value;
  for (const ClassLogit& z : logits) off = std::fmax(off, view.off(z));
  loss.value = log_sum_exp(logits, [](int64_t) { return true; }) - mean;
  double magnitude = 0;
  for (const ClassLogit& z : logits) magnitude = std::fmax(magnitude, std::fabs(z.value));
  // Each logit moves the loss by less than itself; exponentials are good to 6 u, the reference to 2^-50.
  loss.bound = 2 * off + 10 * kUnit * (1 + std::fabs(loss.value)) + 0x1p-48 * magnitude;
  return loss;
}

/// Checks the rank of a label against the logits, which may be off.
void check_rank(int64_t rank, const ClassView& view, const std::vector<ClassLogit>& logits, int64_t label) {
  const ClassLogit& own = logits[static_cast<size_t>(label)];
  int64_t least = 1, most = 1;
  for (size_t c = 0; c < logits.size(); ++c) {
    if (static_cast<int64_t>(c) == label) continue;
    const double distance = logits[c].value - own.value, off = view.off(logits[c]) + view.off(own);
    least += distance > off;
    most += distance >= -off;
  }
  require(rank >= least && rank <= most, "a rank is wrong");
}

}  // namespace

void check_full_sigmoid_loss(const OpNode& node, const OpResult& result) {
  const ClassView view(node, 2, 3,
                       node.has_integer("num_classes") ? std::optional(node.integer("num_classes", 0)) : std::nullopt);
  const std::vector<int64_t> labels = labels_of(node, 1, view.layer.classes);
  const std::vector<OpTensor>& out = result.outputs;
  const bool ranked = has_shape(out[2], {view.batch, view.num_true}), looked_up = has_shape(out[3], {view.batch, view.num_true});
  const std::vector<int64_t> ranks = ranked ? ids_of(out[2]) : std::vector<int64_t>{};
  const std::vector<double> true_logits = looked_up ? numbers_of(out[3]) : std::vector<double>{};
  std::vector<BoundedLoss> losses, softmax_losses;
  int64_t counted = 0;
  for (int64_t i = 0; i < view.batch; ++i) {
    const std::vector<ClassLogit> logits = view.logits(i);
    const std::map<int64_t, double> shares = shares_of(labels.data() + i * view.num_true, view.num_true);
    counted += !shares.empty();
    losses.push_back(sigmoid_loss(logits, shares, view.dim));
    softmax_losses.push_back(softmax_loss(view, logits, shares));
    for (int64_t at = i * view.num_true; at < (i + 1) * view.num_true; ++at) {
      const auto place = static_cast<size_t>(at);
      const int64_t label = labels[place];
      if (label < 0) {
        require(!ranked || ranks[place] == 0, "an ignored label has a rank");
        require(!looked_up || true_logits[place] == 0, "an ignored label has a logit");
      } else if (is_tame(logits)) {
        const ClassLogit& own = logits[static_cast<size_t>(label)];
        if (ranked) check_rank(ranks[place], view, logits, label);
        if (looked_up) require_within(true_logits[place], own.value, view.off(own), "true_logits", at);
      }
    }
  }
  const std::string reduction = node.text("reduction", "none");
  check_losses(out[0], reduction, losses, counted, "loss");
  check_losses(out[1], reduction, softmax_losses, counted, "softmax_loss");
}

void check_full_sigmoid_loss_shard(const OpNode& node, const OpResult& result) {
  const int64_t num_classes = node.integer("num_classes", 0), begin = node.integer("class_begin", 0);
  int64_t rows = 0;
  for (size_t p = 4; p < node.inputs.size(); ++p) rows += node.inputs[p].dims.at(0);
  require(begin % kChunk == 0 && begin < num_classes, "a class_begin that is none was accepted");
  const ClassView view(node, 3, 4, std::min(rows, num_classes - begin));
  const std::vector<int64_t> labels = labels_of(node, 1, num_classes);
  const int64_t chunks = (view.layer.classes + kChunk - 1) / kChunk;
  const std::vector<OpTensor>& out = result.outputs;
  const bool summed = has_shape(out[0], {view.batch, chunks}), exponential = has_shape(out[1], {view.batch, chunks});
  if (has_shape(out[2], {view.batch, view.num_true})) {
    const std::vector<double> found = numbers_of(out[2]);
    for (size_t at = 0; at < labels.size(); ++at) {
      const int64_t own = labels[at] - begin;
      if (labels[at] < 0 || own < 0 || own >= view.layer.classes) {
        require(found[at] == 0, "a label outside of the range has a logit");
        continue;
      }
      const ClassLogit z = view.layer.logit(view.x.data() + static_cast<int64_t>(at) / view.num_true * view.dim, own);
      if (z.magnitude < kTame) require_within(found[at], z.value, view.off(z), "true_logits", static_cast<int64_t>(at));
    }
  }
  if (has_shape(out[3], {view.batch, view.num_true})) {
    for (const int64_t count : ids_of(out[3])) {
      require(count >= 0 && count <= view.layer.classes, "more classes are larger than there are");
    }
  }
  if (chunks != 1) return;
  const std::vector<double> sums = summed ? numbers_of(out[0]) : std::vector<double>{};
  const std::vector<double> log_sums = exponential ? numbers_of(out[1]) : std::vector<double>{};
  for (int64_t i = 0; i < view.batch; ++i) {
    const std::vector<ClassLogit> logits = view.logits(i);
    if (!is_tame(logits)) continue;
    const int64_t* const own = labels.data() + i * view.num_true;
    const auto is_other = [&](int64_t c) { return std::count(own, own + view.num_true, c + begin) == 0; };
    BoundedLoss others;
    double off = 0;
    for (size_t c = 0; c < logits.size(); ++c) {
      if (!is_other(static_cast<int64_t>(c))) continue;
      others.add(logits[c], 0, view.dim, static_cast<int64_t>(logits.size()));
      off = std::fmax(off, view.off(logits[c]));
    }
    if (summed) require_within(sums[static_cast<size_t>(i)], others.value, others.bound, "softplus_sums", i);
    if (!exponential) continue;
    const double expected = log_sum_exp(logits, is_other), found = log_sums[static_cast<size_t>(i)];
    if (expected == found) continue;  // minus infinity
    require_within(found, expected, off + 10 * kUnit + 0x1p-48 * std::fabs(expected), "log_sum_exps", i);
  }
}

void check_combine_full_sigmoid_loss(const OpNode& node, const OpResult& result) {
  const int64_t num_true = node.integer("num_true", 1), num_classes = node.integer("num_classes", 0);
  const std::vector<int64_t> labels = labels_of(node, 0, num_classes);
  const int64_t batch = node.inputs[0].dims.at(0), chunks = (num_classes + kChunk - 1) / kChunk;
  const std::vector<double> logits = numbers_of(node.inputs[1]), sums = numbers_of(node.inputs[2]);
  require(logits.size() == labels.size() && static_cast<int64_t>(sums.size()) == batch * chunks,
          "inputs of another shape were accepted");
  const std::vector<OpTensor>& out = result.outputs;
  if (has_shape(out[2], {batch, num_true}) && batch > 0) {
    const std::vector<int64_t> ranks = ids_of(out[2]), larger = ids_of(node.input(4));
    for (size_t at = 0; at < labels.size(); ++at) {
      require(labels[at] < 0 ? ranks[at] == 0 : ranks[at] == larger[at] + 1, "a rank is wrong");
      require(labels[at] < 0 || (larger[at] >= 0 && larger[at] < num_classes), "a count that is none was accepted");
    }
  }
  std::vector<BoundedLoss> losses;
  int64_t counted = 0;
  for (int64_t i = 0; i < batch; ++i) {
    BoundedLoss loss;
    const std::map<int64_t, double> shares = shares_of(labels.data() + i * num_true, num_true);
    counted += !shares.empty();
    bool is_same = true;  // one class has one logit
    for (const auto& [c, share] : shares) {
      double z = NAN;
      for (int64_t at = i * num_true; at < (i + 1) * num_true; ++at) {
        if (labels[static_cast<size_t>(at)] != c) continue;
        const double found = logits[static_cast<size_t>(at)];
        if (std::isnan(z)) z = found;
        is_same = is_same && z == found;
      }
      loss.add({z, std::fabs(z)}, share, 0, num_true);
    }
    double sum = 0, magnitude = 0;
    for (int64_t at = i * chunks; at < (i + 1) * chunks; ++at) {
      sum += sums[static_cast<size_t>(at)];
      magnitude += std::fabs(sums[static_cast<size_t>(at)]);
    }
    if (!shares.empty()) {
      loss.value += sum;
      loss.bound += 2 * kUnit * magnitude;
      loss.tame = loss.tame && magnitude < kTame && is_same;
    }
    losses.push_back(loss);
  }
  check_losses(out[0], node.text("reduction", "none"), losses, counted, "loss");
}

void check_top_k_classes(const OpNode& node, const OpResult& result) {
  const ClassView view(node, 1, 2,
                       node.has_integer("num_classes") ? std::optional(node.integer("num_classes", 0)) : std::nullopt);
  const int64_t k = node.integer("k", 0), begin = node.integer("class_begin", 0);
  require(k >= 1 && k <= view.layer.classes, "a k that is none was accepted");
  if (!has_shape(result.outputs[0], {view.batch, k}) || !has_shape(result.outputs[1], {view.batch, k})) return;
  const std::vector<int64_t> ids = ids_of(result.outputs[0]);
  const std::vector<double> found = numbers_of(result.outputs[1]);
  for (int64_t i = 0; i < view.batch; ++i) {
    const std::vector<ClassLogit> logits = view.logits(i);
    std::set<int64_t> best;
    for (int64_t at = i * k; at < (i + 1) * k; ++at) {
      const int64_t c = ids[static_cast<size_t>(at)] - begin;
      require(c >= 0 && c < view.layer.classes && best.insert(c).second, "an id is outside or there twice");
    }
    if (!is_tame(logits)) continue;
    for (int64_t at = i * k; at < (i + 1) * k; ++at) {
      const auto place = static_cast<size_t>(at);
      const ClassLogit& z = logits[static_cast<size_t>(ids[place] - begin)];
      require_within(found[place], z.value, view.off(z), "logits", at);
      if (at == i * k) continue;
      require(found[place - 1] > found[place] || (found[place - 1] == found[place] && ids[place - 1] < ids[place]),
              "classes are out of order");
    }
    const double last = found[static_cast<size_t>((i + 1) * k - 1)];
    for (size_t c = 0; c < logits.size(); ++c) {
      if (best.count(static_cast<int64_t>(c)) != 0) continue;
      require(logits[c].value - view.off(logits[c]) <= last, "a better class is missing");
    }
  }
}

}  // namespace ortnce::test
