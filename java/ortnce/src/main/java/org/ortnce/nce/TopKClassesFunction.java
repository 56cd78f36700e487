package org.ortnce.nce;

import org.ortnce.onnx.OnnxFunction;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.TopK;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.Tensor;

/**
 * {@code TopKClasses} as a model-local function in standard ops, which hold the logits of all
 * classes.
 */
final class TopKClassesFunction {
  private TopKClassesFunction() {}

  /** The body for one configuration of attributes and optional inputs. */
  static OnnxFunction of(ClassTable table, long k, long classBegin) {
    OnnxFunction.Builder function = OnnxFunction.builder(NceOps.DOMAIN, NceOps.TOP_K_CLASSES);
    Value inputs = function.input(GraphNames.INPUTS, table.inputs().type());
    Value biases = ClassLogits.optionalInput(function, GraphNames.BIASES, table.biasesOrNull());
    Value logits = ClassLogits.of(table, ClassLogits.weightsOf(function, table), biases, inputs);
    // ONNX Runtime's TopK divides by the number of its rows and kills the process for none: it
    // never sees an empty batch, since a row of zeros follows the batch and is cut off again.
    Value columns = Ops.slice(Ops.shape(logits), new long[] {1}, new long[] {2}, new long[] {0});
    Value row = Ops.concat(0, Ops.vector(1), columns);
    Value zeros = Ops.constantOfShape(row, Tensor.of(new float[] {0}, 1));
    TopK top = Ops.topK(Ops.concat(0, logits, zeros), k);
    Value ids =
        classBegin == 0
            ? top.indices()
            : Ops.add(top.indices(), Ops.constant(Tensor.scalar(classBegin)));
    return function
        .output("class_ids", withoutLastRow(ids))
        .output(GraphNames.LOGITS, withoutLastRow(top.values()))
        .build();
  }

  private static Value withoutLastRow(Value x) {
    return Ops.slice(x, new long[] {0}, new long[] {-1}, new long[] {0});
  }
}
