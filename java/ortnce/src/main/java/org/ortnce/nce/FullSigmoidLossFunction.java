package org.ortnce.nce;

import java.util.OptionalLong;
import org.ortnce.onnx.OnnxFunction;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Value;

/**
 * {@code FullSigmoidLoss} and its shards as model-local functions in standard ops: what a stock
 * ONNX Runtime runs. They hold the logits of all classes, [batch, num_classes], and for ranks a
 * comparison of them with each label.
 */
final class FullSigmoidLossFunction {
  private FullSigmoidLossFunction() {}

  /** The body for one configuration of attributes and optional inputs. */
  static OnnxFunction of(ClassTable table, Value actualLabels, FullSigmoidLossOptions options) {
    OnnxFunction.Builder function = OnnxFunction.builder(NceOps.DOMAIN, NceOps.FULL_SIGMOID_LOSS);
    Value inputs = function.input(GraphNames.INPUTS, table.inputs().type());
    Value labels = function.input(GraphNames.LABELS, actualLabels.type());
    Value biases = ClassLogits.optionalInput(function, GraphNames.BIASES, table.biasesOrNull());
    Value logits = ClassLogits.of(table, ClassLogits.weightsOf(function, table), biases, inputs);
    SigmoidTerms terms =
        new SigmoidTerms(labels, options.numTrue(), options.ignoreIndex(), table.numClasses());
    AllClassSums others = new AllClassSums(logits, null, terms.labels(), terms.counted());
    Value trueLogits = others.trueLogits();
    CombinedLosses losses = new CombinedLosses(terms, trueLogits, options.reduction());
    Value largerCounts = others.larger(trueLogits, terms.labels());
    return function
        .output(GraphNames.LOSS, losses.loss(others.softplusSums()))
        .output(GraphNames.SOFTMAX_LOSS, losses.softmaxLoss(others.logSumExps()))
        .output(GraphNames.TRUE_RANKS, losses.trueRanks(largerCounts))
        .output(GraphNames.TRUE_LOGITS, terms.masked(trueLogits))
        .build();
  }

  /**
   * {@code FullSigmoidLossShard} in the same way; without the logits of all labels it has no {@code
   * larger_counts}.
   */
  static OnnxFunction ofShard(
      ClassTable table,
      ClassRange range,
      Value actualLabels,
      Value actualLogits,
      FullSigmoidLossOptions options) {
    OnnxFunction.Builder function =
        OnnxFunction.builder(NceOps.DOMAIN, NceOps.FULL_SIGMOID_LOSS_SHARD);
    Value inputs = function.input(GraphNames.INPUTS, table.inputs().type());
    Value labels = function.input(GraphNames.LABELS, actualLabels.type());
    Value allLogits = ClassLogits.optionalInput(function, GraphNames.TRUE_LOGITS, actualLogits);
    Value biases = ClassLogits.optionalInput(function, GraphNames.BIASES, table.biasesOrNull());
    Value logits = ClassLogits.of(table, ClassLogits.weightsOf(function, table), biases, inputs);
    OptionalLong numClasses = OptionalLong.of(range.numClasses());
    SigmoidTerms terms =
        new SigmoidTerms(labels, options.numTrue(), options.ignoreIndex(), numClasses);
    Value ids = terms.labels();
    Value begin = Ops.scalar(range.begin());
    Value mine = Ops.and(Ops.greaterOrEqual(ids, begin), Ops.less(ids, Ops.scalar(range.end())));
    if (terms.counted() != null) {
      mine = Ops.and(mine, terms.counted());
    }
    // Class 0 of the range stands in for labels elsewhere; those of no class fail as everywhere.
    Value known = Ops.less(ids, Ops.scalar(range.numClasses()));
    Value elsewhere = Ops.where(known, Ops.scalar(0L), ids);
    Value places = Ops.where(mine, Ops.sub(ids, begin), elsewhere);
    AllClassSums others = new AllClassSums(logits, range, places, mine);
    Value trueLogits = Ops.where(mine, others.trueLogits(), Ops.scalar(0f));
    function
        .output(GraphNames.SOFTPLUS_SUMS, others.softplusSums())
        .output(GraphNames.LOG_SUM_EXPS, others.logSumExps())
        .output(GraphNames.TRUE_LOGITS + "_here", trueLogits);
    if (allLogits != null) {
      Value counts = others.larger(allLogits, Ops.sub(ids, begin));
      function.output(GraphNames.LARGER_COUNTS, terms.masked(counts));
    }
    return function.build();
  }
}
