package org.ortnce.nce;

import org.ortnce.onnx.OnnxFunction;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/** The losses and ranks of all classes of the results of their chunks, in standard ops. */
final class CombinedLosses {
  private final SigmoidTerms terms;
  private final LabelTerms label;
  private final Reduction reduction;

  /**
   * @param trueLogits the logits of the labels, float [batch, num_true]
   */
  CombinedLosses(SigmoidTerms terms, Value trueLogits, Reduction reduction) {
    this.terms = terms;
    this.label = new LabelTerms(terms, trueLogits);
    this.reduction = reduction;
  }

  /** Of the sums of softplus(z), double [batch, chunks]. */
  Value loss(Value softplusSums) {
    return reduced(label.sigmoidLoss(Ops.reduceSum(softplusSums, false, 1)));
  }

  /** Of the logs of the sums of exp(z), double [batch, chunks]. */
  Value softmaxLoss(Value logSumExps) {
    Value greatest = Ops.reduceMax(logSumExps, true, 1);
    Value exps = Ops.exp(LabelTerms.difference(logSumExps, greatest));
    Value sum = Ops.log(Ops.reduceSum(exps, false, 1));
    return reduced(label.softmaxLoss(Ops.add(Ops.squeeze(greatest, 1), sum)));
  }

  /** Of how many classes come before each label, int64 [batch, num_true]. */
  Value trueRanks(Value largerCounts) {
    return terms.masked(Ops.add(largerCounts, Ops.scalar(1L)));
  }

  private Value reduced(Value loss) {
    return terms.reduce(Ops.cast(loss, ElementType.FLOAT), reduction);
  }

  /**
   * {@code CombineFullSigmoidLoss} as a model-local function, with the outputs that the results of
   * the shards suffice for.
   */
  static OnnxFunction function(
      Value actualLabels,
      Value actualLogits,
      FullSigmoidLossShard actual,
      FullSigmoidLossOptions options) {
    OnnxFunction.Builder function =
        OnnxFunction.builder(NceOps.DOMAIN, NceOps.COMBINE_FULL_SIGMOID_LOSS);
    Value labels = function.input(GraphNames.LABELS, actualLabels.type());
    Value logits = function.input(GraphNames.TRUE_LOGITS, actualLogits.type());
    Value softplusSums = function.input(GraphNames.SOFTPLUS_SUMS, actual.softplusSums().type());
    Value logSumExps =
        ClassLogits.optionalInput(function, GraphNames.LOG_SUM_EXPS, actual.logSumExps());
    Value largerCounts =
        ClassLogits.optionalInput(function, GraphNames.LARGER_COUNTS, actual.largerCounts());
    SigmoidTerms terms =
        new SigmoidTerms(labels, options.numTrue(), options.ignoreIndex(), options.numClasses());
    CombinedLosses losses = new CombinedLosses(terms, logits, options.reduction());
    function.output(GraphNames.LOSS, losses.loss(softplusSums));
    if (logSumExps != null) {
      function.output(GraphNames.SOFTMAX_LOSS, losses.softmaxLoss(logSumExps));
    }
    if (largerCounts != null) {
      function.output(GraphNames.TRUE_RANKS, losses.trueRanks(largerCounts));
    }
    return function.build();
  }
}
