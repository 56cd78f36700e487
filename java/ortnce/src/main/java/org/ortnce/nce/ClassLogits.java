package org.ortnce.nce;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.ortnce.onnx.OnnxFunction;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/** The logits of all classes in standard ops: what costs [batch, num_classes]. */
final class ClassLogits {
  private ClassLogits() {}

  /** inputs . weights^T + biases, float [batch, num_classes]. */
  static Value of(ClassTable table) {
    return of(table, table.weights(), table.biasesOrNull(), table.inputs());
  }

  /** The same of values that stand for those of the table. */
  static Value of(ClassTable table, List<Value> weights, Value biases, Value inputs) {
    ClassLookup lookup = new ClassLookup(weights, table.strategy());
    OptionalLong numClasses = table.numClasses();
    Value embeddings = lookup.allEmbeddings(numClasses, table.rows());
    Value used = biases == null ? null : floats(biases);
    if (biases != null && numClasses.isPresent() && !numClasses.equals(table.rows())) {
      used = Ops.slice(used, new long[] {0}, new long[] {numClasses.getAsLong()}, new long[] {0});
    }
    return Ops.gemm(floats(inputs), embeddings, used, 1, 1, false, true);
  }

  /** The same numbers as float, in which all arithmetic is. */
  static Value floats(Value numbers) {
    return numbers.elementType() == ElementType.FLOAT
        ? numbers
        : Ops.cast(numbers, ElementType.FLOAT);
  }

  /** Declares the weights of a table as the last inputs of a function. */
  static List<Value> weightsOf(OnnxFunction.Builder function, ClassTable table) {
    int partitions = table.weights().size();
    List<Value> weights = new ArrayList<>();
    for (int p = 0; p < partitions; p++) {
      String name = GraphNames.weights(p, partitions);
      weights.add(function.input(name, table.weights().get(p).type()));
    }
    return weights;
  }

  /** Declares an optional input of a function; null if it is absent. */
  static Value optionalInput(OnnxFunction.Builder function, String name, Value actualOrNull) {
    if (actualOrNull == null) {
      function.absentInput(name);
      return null;
    }
    return function.input(name, actualOrNull.type());
  }
}
