package org.ortnce.nce;

import java.util.List;
import org.ortnce.onnx.OnnxFunction;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/**
 * {@code NceLoss} with given candidates as a model-local function in standard ops: what a stock
 * ONNX Runtime runs, and a second statement of what the op means.
 */
final class NceLossFunction {
  private NceLossFunction() {}

  /** The body for one configuration of attributes and optional inputs. */
  static OnnxFunction of(NceLossSignature node) {
    NceLossOptions options = node.options();
    OnnxFunction.Builder function = OnnxFunction.builder(NceOps.DOMAIN, NceOps.NCE_LOSS);
    Value inputs = ClassLogits.floats(function.input(GraphNames.INPUTS, node.inputs().type()));
    Value labels = function.input(GraphNames.LABELS, node.labels().type());
    Value biases = ClassLogits.optionalInput(function, GraphNames.BIASES, node.biases());
    SampledValues given = node.sampledValues();
    Value candidates =
        function.input(GraphNames.SAMPLED_CANDIDATES, given.sampledCandidates().type());
    Value trueCount =
        function.input(GraphNames.TRUE_EXPECTED_COUNT, given.trueExpectedCount().type());
    Value sampledCount =
        function.input(GraphNames.SAMPLED_EXPECTED_COUNT, given.sampledExpectedCount().type());
    // Given candidates rule over the stream, so the step takes no part.
    function.absentInput(GraphNames.STEP);
    List<Value> weights = ClassLogits.weightsOf(function, node.classes());

    Value sampled = ClassLookup.checked(candidates, node.numClasses());
    ClassLookup classes = new ClassLookup(weights, options.partitionStrategy());
    SigmoidTerms terms =
        new SigmoidTerms(labels, options.numTrue(), options.ignoreIndex(), node.numClasses());

    Value trueRows = classes.embeddings(terms.labels());
    Value trueLogits = Ops.reduceSum(Ops.mul(trueRows, Ops.unsqueeze(inputs, 1)), false, 2);
    Value sampledRows = classes.embeddings(sampled);
    Value sampledLogits = Ops.matMul(inputs, Ops.transpose(sampledRows, 1, 0));
    if (biases != null) {
      trueLogits = Ops.add(trueLogits, ClassLogits.floats(Ops.gather(biases, terms.labels(), 0)));
      sampledLogits = Ops.add(sampledLogits, ClassLogits.floats(Ops.gather(biases, sampled, 0)));
    }
    if (options.subtractLogQ()) {
      trueLogits = Ops.sub(trueLogits, Ops.log(trueCount));
      sampledLogits = Ops.sub(sampledLogits, Ops.log(sampledCount));
    }
    Value sampledTerms = Ops.softplus(sampledLogits);
    if (options.removeAccidentalHits()) {
      sampledTerms = Ops.where(accidentalHits(terms, sampled), Ops.scalar(0f), sampledTerms);
    }
    Value loss = Ops.add(terms.trueLoss(trueLogits), Ops.reduceSum(sampledTerms, false, 1));

    return function
        .output(GraphNames.LOSS, terms.reduce(loss, options.reduction()))
        .output(GraphNames.SAMPLED_CANDIDATES + "_used", Ops.identity(candidates))
        .output(GraphNames.TRUE_EXPECTED_COUNT + "_used", Ops.identity(trueCount))
        .output(GraphNames.SAMPLED_EXPECTED_COUNT + "_used", Ops.identity(sampledCount))
        .build();
  }

  /** Which candidates equal a counted label of an example, bool [batch, num_sampled]. */
  private static Value accidentalHits(SigmoidTerms terms, Value sampled) {
    Value equal = Ops.equal(Ops.unsqueeze(terms.labels(), 2), Ops.unsqueeze(sampled, 0, 1));
    if (terms.counted() != null) {
      equal = Ops.and(equal, Ops.unsqueeze(terms.counted(), 2));
    }
    Value hits = Ops.reduceSum(Ops.cast(equal, ElementType.FLOAT), false, 1);
    return Ops.greater(hits, Ops.scalar(0f));
  }
}
