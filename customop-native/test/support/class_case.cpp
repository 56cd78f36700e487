#include "support/class_case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/reference/class_reference.h"
#include "support/guarded_workspace.h"

namespace ortnce::test {
namespace {

using kernels::ClassScan;
using kernels::kIgnoredLabel;

template <class T>
void expect_bits(const std::vector<T>& a, const std::vector<T>& b, const char* what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  for (size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(std::memcmp(&a[i], &b[i], sizeof(T)), 0) << what << "[" << i << "]: " << a[i] << " and " << b[i];
  }
}

/// Bytes that `user` asks for.
template <class User>
size_t bytes_of(User& user) {
  size_t bytes = 0;
  EXPECT_TRUE(user.workspace(&bytes));
  return bytes;
}

}  // namespace

ClassCase::ClassCase(ClassSizes wanted, uint64_t seed, Numbers numbers)
    : sizes(wanted),
      inputs(wanted.batch * wanted.dim, static_cast<int64_t>(seed % 17)),
      weights(wanted.classes * wanted.dim, static_cast<int64_t>(seed % 13)),
      biases(static_cast<size_t>(wanted.classes)),
      labels(static_cast<size_t>(wanted.batch * wanted.num_true)) {
  std::mt19937_64 random(seed);
  const bool integers = numbers == Numbers::kInteger;
  const auto any = [&](float scale) {
    return integers ? static_cast<float>(static_cast<int>(random() % 5) - 2) : scale * uniform(random);
  };
  const float scale = 3.0f / std::sqrt(static_cast<float>(std::max<int64_t>(sizes.dim, 1)));
  for (int64_t i = 0; i < inputs.size(); ++i) inputs[i] = any(1);
  for (int64_t i = 0; i < weights.size(); ++i) weights[i] = any(scale);
  for (float& bias : biases) bias = any(3);
  for (int64_t& id : labels) id = static_cast<int64_t>(random() % static_cast<uint64_t>(sizes.classes));
}

void ClassCase::partition(kernels::PartitionStrategy strategy, const std::vector<int64_t>& rows) {
  const kernels::ClassRows where(strategy, rows);
  ASSERT_EQ(where.total(), sizes.classes);
  partitions_.clear();
  const auto row_bytes = static_cast<size_t>(sizes.dim * kernels::element_bytes(type_));
  for (const int64_t count : rows) partitions_.emplace_back(static_cast<size_t>(count) * row_bytes);
  for (int64_t c = 0; c < sizes.classes; ++c) {
    const kernels::RowAddress at = where.find(c);
    unsigned char* const row = partitions_[at.partition].data() + static_cast<size_t>(at.row) * row_bytes;
    if (row_bytes > 0) std::memcpy(row, stored_weight(c * sizes.dim), row_bytes);
  }
  std::vector<const void*> pointers;
  for (const std::vector<unsigned char>& numbers : partitions_) pointers.push_back(numbers.data());
  table_ = std::make_unique<kernels::ClassTable>(where, type_, pointers, sizes.dim, stored_bias(0));
}

void ClassCase::store_as(kernels::ElementType type) {
  type_ = type;
  if (type == kernels::ElementType::kFloat) return;
  half_weights_.emplace(type, weights.data(), weights.size());
  half_biases_.emplace(type, biases.data(), static_cast<int64_t>(biases.size()));
}

const void* ClassCase::stored_bias(int64_t i) const {
  if (!with_biases) return nullptr;
  return type_ == kernels::ElementType::kFloat ? biases.data() + i : half_biases_->at(i);
}

kernels::ClassTable ClassCase::range_table(int64_t begin, int64_t end) {
  return kernels::ClassTable(kernels::ClassRows(kernels::PartitionStrategy::kDiv, {end - begin}),
                             type_, {stored_weight(begin * sizes.dim)}, sizes.dim, stored_bias(begin));
}

const kernels::ClassTable& ClassCase::table() {
  if (partitions_.empty()) table_ = std::make_unique<kernels::ClassTable>(range_table(0, sizes.classes));
  return *table_;
}

kernels::ClassScanProblem ClassCase::problem(const kernels::ClassTable& table, int64_t begin, int64_t end) {
  kernels::ClassScanProblem p;
  p.batch = sizes.batch;
  p.num_true = sizes.num_true;
  p.dim = sizes.dim;
  p.inputs = stored_inputs();
  p.labels = labels.data();
  p.table = &table;
  p.class_begin = begin;
  p.class_end = end;
  return p;
}

ScanResult ClassCase::scan() {
  kernels::SerialExecutor serial;
  return scan(serial);
}

ScanResult ClassCase::scan(kernels::Executor& executor) {
  const kernels::ClassScanProblem p = problem(table(), 0, sizes.classes);
  ClassScan scan(p, true, true);
  const size_t bytes = bytes_of(scan);
  GuardedWorkspace workspace(bytes);
  scan.begin(workspace.data(), executor);

  ScanResult result;
  result.true_logits.resize(labels.size());
  scan.true_logits(result.true_logits.data());
  result.ranks.resize(labels.size());
  const auto batch = static_cast<size_t>(sizes.batch);
  const int64_t wave = scan.most_chunks(), chunks = kernels::chunk_count(sizes.classes);
  std::vector<double> sums(batch * static_cast<size_t>(wave)), exponentials(sums.size());
  std::vector<kernels::ClassTotals> totals(batch);
  for (int64_t first = 0; first < chunks; first += wave) {
    const int64_t count = std::min(wave, chunks - first);
    scan.scan(first, count, result.true_logits.data(), {wave, sums.data(), exponentials.data(), result.ranks.data()});
    kernels::add_chunks(sizes.batch, count, wave, sums.data(), exponentials.data(), totals.data());
  }
  EXPECT_TRUE(workspace.intact()) << "written behind the workspace of " << bytes << " bytes";
  for (size_t at = 0; at < labels.size(); ++at) result.ranks[at] += labels[at] == kIgnoredLabel ? 0 : 1;
  for (size_t i = 0; i < batch; ++i) {
    const size_t row = i * static_cast<size_t>(sizes.num_true);
    const kernels::ExampleLabels of{labels.data() + row, result.true_logits.data() + row, sizes.num_true};
    result.losses.push_back(kernels::full_sigmoid_loss(of, totals[i].softplus_sum));
    result.softmax_losses.push_back(kernels::softmax_loss(of, totals[i].log_sum_exp));
  }
  return result;
}

ScanResult ClassCase::scan_ranges(const std::vector<int64_t>& cuts) {
  ScanResult result;
  result.true_logits.resize(labels.size());
  result.ranks.resize(labels.size());
  const auto batch = static_cast<size_t>(sizes.batch);
  std::vector<kernels::ClassTotals> totals(batch);
  kernels::SerialExecutor serial;
  for (const bool logits_only : {true, false}) {
    for (size_t i = 0; i + 1 < cuts.size(); ++i) {
      const kernels::ClassTable part = range_table(cuts[i], cuts[i + 1]);
      const kernels::ClassScanProblem p = problem(part, cuts[i], cuts[i + 1]);
      ClassScan scan(p, true, true);
      GuardedWorkspace workspace(bytes_of(scan));
      scan.begin(workspace.data(), serial);
      if (logits_only) {
        std::vector<float> logits(labels.size());
        scan.true_logits(logits.data());
        for (size_t at = 0; at < labels.size(); ++at) result.true_logits[at] += logits[at];
        continue;
      }
      const int64_t chunks = kernels::chunk_count(cuts[i + 1] - cuts[i]);
      std::vector<double> sums(batch * static_cast<size_t>(chunks)), exponentials(sums.size());
      for (int64_t first = 0; first < chunks; ++first) {
        scan.scan(first, 1, result.true_logits.data(),
                  {chunks, sums.data() + first, exponentials.data() + first, result.ranks.data()});
      }
      kernels::add_chunks(sizes.batch, chunks, chunks, sums.data(), exponentials.data(), totals.data());
      EXPECT_TRUE(workspace.intact());
    }
  }
  for (size_t at = 0; at < labels.size(); ++at) result.ranks[at] += labels[at] == kIgnoredLabel ? 0 : 1;
  for (size_t i = 0; i < batch; ++i) {
    const size_t row = i * static_cast<size_t>(sizes.num_true);
    const kernels::ExampleLabels of{labels.data() + row, result.true_logits.data() + row, sizes.num_true};
    result.losses.push_back(kernels::full_sigmoid_loss(of, totals[i].softplus_sum));
    result.softmax_losses.push_back(kernels::softmax_loss(of, totals[i].log_sum_exp));
  }
  return result;
}

TopKResult ClassCase::top_k(int64_t k) {
  kernels::SerialExecutor serial;
  return top_k(k, serial);
}

TopKResult ClassCase::top_k(int64_t k, kernels::Executor& executor) {
  kernels::TopKProblem p;
  p.batch = sizes.batch;
  p.dim = sizes.dim;
  p.classes = sizes.classes;
  p.k = k;
  p.inputs = stored_inputs();
  p.table = &table();
  kernels::TopKClasses search(p);
  GuardedWorkspace workspace(bytes_of(search));
  const auto count = static_cast<size_t>(sizes.batch * k);
  TopKResult result{std::vector<int64_t>(count, -1), std::vector<float>(count, -12345.0f)};
  search.run(workspace.data(), executor, result.ids.data(), result.logits.data());
  EXPECT_TRUE(workspace.intact());
  return result;
}

std::vector<double> ClassCase::reference_logits(int64_t example) {
  return kernels::reference::logits(input(example), sizes.dim, table(), sizes.classes);
}

void expect_same_results(const ScanResult& a, const ScanResult& b) {
  expect_bits(a.losses, b.losses, "loss");
  expect_bits(a.softmax_losses, b.softmax_losses, "softmax_loss");
  expect_bits(a.true_logits, b.true_logits, "true_logits");
  expect_bits(a.ranks, b.ranks, "ranks");
}

void expect_accurate(ClassCase& given, const ScanResult& result, double relative) {
  const int64_t num_true = given.sizes.num_true;
  for (int64_t i = 0; i < given.sizes.batch; ++i) {
    const std::vector<double> z = given.reference_logits(i);
    const int64_t* const labels = given.labels.data() + i * num_true;
    const auto example = static_cast<size_t>(i);
    const double loss = kernels::reference::full_sigmoid_loss(z, labels, num_true);
    const double softmax_loss = kernels::reference::softmax_loss(z, labels, num_true);
    ASSERT_NEAR(result.losses[example], loss, relative * std::fmax(loss, 1)) << "example " << i;
    ASSERT_NEAR(result.softmax_losses[example], softmax_loss, relative * std::fmax(softmax_loss, 1)) << "example " << i;
    for (int64_t j = 0; j < num_true; ++j) {
      const auto at = static_cast<size_t>(i * num_true + j);
      const int64_t rank = kernels::reference::rank(z, labels[j]);
      if (labels[j] == kIgnoredLabel) {
        ASSERT_TRUE(result.ranks[at] == 0 && result.true_logits[at] == 0);
        continue;
      }
      const double logit = z[static_cast<size_t>(labels[j])];
      ASSERT_NEAR(static_cast<double>(result.true_logits[at]), logit, 1e-5);
      const auto near =
          std::count_if(z.begin(), z.end(), [&](double other) { return std::fabs(other - logit) < 2e-5; });
      ASSERT_LT(std::llabs(result.ranks[at] - rank), near) << "example " << i << ", label " << j;
    }
  }
}

}  // namespace ortnce::test
