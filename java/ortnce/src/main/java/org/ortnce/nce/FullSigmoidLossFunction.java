package org.ortnce.nce;

import org.ortnce.onnx.OnnxFunction;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/**
 * {@code FullSigmoidLoss} as a model-local function in standard ops: what a stock ONNX Runtime
 * runs. It holds the logits of all classes, [batch, num_classes], and for ranks a comparison of
 * them with each label.
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
    AllClassSums others = new AllClassSums(logits, terms.labels(), terms.counted());
    Value trueLogits = others.trueLogits();
    LabelTerms label = new LabelTerms(terms, trueLogits);
    Value loss = Ops.cast(label.sigmoidLoss(others.softplusSum()), ElementType.FLOAT);
    Value softmax = Ops.cast(label.softmaxLoss(others.logSumOfExps()), ElementType.FLOAT);
    Value ranks = Ops.add(others.larger(trueLogits, terms.labels()), Ops.scalar(1L));
    return function
        .output(GraphNames.LOSS, terms.reduce(loss, options.reduction()))
        .output(GraphNames.SOFTMAX_LOSS, terms.reduce(softmax, options.reduction()))
        .output(GraphNames.TRUE_RANKS, terms.masked(ranks))
        .output(GraphNames.TRUE_LOGITS, terms.masked(trueLogits))
        .build();
  }
}
