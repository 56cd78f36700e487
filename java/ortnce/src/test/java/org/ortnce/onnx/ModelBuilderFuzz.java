package org.ortnce.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ortnce.fuzz.FuzzInput;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Bytes as calls of the graph builder: each call is refused with an {@link
 * IllegalArgumentException}, or gives a value; a model of such values passes the checker and
 * survives writing and reading, with its gradients where it has them.
 */
public final class ModelBuilderFuzz {
  private static final int MOST_CALLS = 24;
  private static final ElementType[] TYPES = {
    ElementType.FLOAT, ElementType.INT64, ElementType.BOOL, ElementType.DOUBLE, ElementType.INT32
  };

  private final FuzzInput input;
  private final List<Value> values = new ArrayList<>();
  private final List<Value> inputs = new ArrayList<>();

  private ModelBuilderFuzz(FuzzInput input) {
    this.input = input;
  }

  /** One input. */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    new ModelBuilderFuzz(new FuzzInput(bytes)).run();
  }

  private void run() throws IOException {
    addInput();
    for (int call = 0; call < MOST_CALLS && input.hasNext(); call++) {
      try {
        values.addAll(call(input.next(48)));
      } catch (IllegalArgumentException expected) {
        // The next call may fit.
      }
    }
    OnnxModel model;
    try {
      model = model();
    } catch (IllegalArgumentException expected) {
      return;
    }
    ModelChecker.check(model);
    byte[] bytes = model.toByteArray();
    OnnxModel read = OnnxModel.parse(bytes);
    ModelChecker.check(read);
    if (!Arrays.equals(read.toByteArray(), bytes)) {
      throw new AssertionError("written again the model has other bytes");
    }
  }

  private OnnxModel model() {
    ModelBuilder builder = new ModelBuilder();
    for (int i = 0; i < inputs.size(); i++) {
      builder.input("x" + i, inputs.get(i));
    }
    Value last = values.get(values.size() - 1);
    builder.output("y", last);
    if (input.next(2) == 1) {
      builder.withGradients(last, inputs.get(0));
    }
    return builder.build();
  }

  private Value addInput() {
    Value value = Value.input(TYPES[input.next(TYPES.length)], shape());
    inputs.add(value);
    values.add(value);
    return value;
  }

  private Shape shape() {
    Dim[] dims = new Dim[input.next(4)];
    for (int i = 0; i < dims.length; i++) {
      int size = input.next(6);
      dims[i] = size == 5 ? Dim.of("n") : size == 4 ? Dim.unknown() : Dim.of(size);
    }
    return Shape.of(dims);
  }

  private Value any() {
    return values.get(input.next(256) % values.size());
  }

  private long[] numbers() {
    long[] numbers = new long[input.next(4)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = input.number();
    }
    return numbers;
  }

  private ElementType type() {
    ElementType[] all = ElementType.values();
    return all[input.next(all.length)];
  }

  private List<Value> call(int op) {
    return switch (op) {
      case 0 -> List.of(addInput());
      case 1 -> List.of(Ops.vector(numbers()));
      case 2 -> List.of(Ops.scalar((float) input.number()));
      case 3 -> List.of(Ops.scalar(type(), (double) input.number()));
      case 4 -> List.of(Value.initializer(Tensor.of(new float[6], 2, 3)));
      case 5 -> List.of(Ops.neg(any()));
      case 6 -> List.of(Ops.relu(any()));
      case 7 -> List.of(Ops.exp(any()));
      case 8 -> List.of(Ops.softplus(any()));
      case 9 -> List.of(Ops.add(any(), any()));
      case 10 -> List.of(Ops.mul(any(), any()));
      case 11 -> List.of(Ops.div(any(), any()));
      case 12 -> List.of(Ops.mod(any(), any()));
      case 13 -> List.of(Ops.pow(any(), any()));
      case 14 -> List.of(Ops.max(any(), any(), any()));
      case 15 -> List.of(Ops.clip(any(), any(), null));
      case 16 -> List.of(Ops.cast(any(), type()));
      case 17 -> List.of(Ops.equal(any(), any()));
      case 18 -> List.of(Ops.and(any(), any()));
      case 19 -> List.of(Ops.where(any(), any(), any()));
      case 20 -> List.of(Ops.matMul(any(), any()));
      case 21 -> List.of(Ops.gemm(any(), any(), any()));
      case 22 -> List.of(Ops.reduceSum(any(), input.next(2) == 1, numbers()));
      case 23 -> List.of(Ops.reduceMean(any(), input.next(2) == 1, numbers()));
      case 24 -> List.of(Ops.reduceMax(any(), input.next(2) == 1, numbers()));
      case 25 -> List.of(Ops.argMax(any(), input.number(), input.next(2) == 1));
      case 26 -> List.of(Ops.softmax(any(), input.number()));
      case 27 -> List.of(Ops.logSoftmax(any(), input.number()));
      case 28 -> List.of(Ops.gather(any(), any(), input.number()));
      case 29 -> List.of(Ops.gatherElements(any(), any(), input.number()));
      case 30 -> List.of(Ops.scatterND(any(), any(), any(), input.next(2) == 1 ? "add" : "none"));
      case 31 ->
          List.of(
              Ops.oneHot(any(), input.number(), Tensor.of(new float[] {0, 1}, 2), input.number()));
      case 32 -> List.of(Ops.compress(any(), any(), input.number()));
      case 33 -> List.of(Ops.concat(input.number(), any(), any()));
      case 34 -> List.of(Ops.reshape(any(), numbers()));
      case 35 -> List.of(Ops.reshape(any(), any()));
      case 36 -> List.of(Ops.transpose(any(), axes()));
      case 37 -> List.of(Ops.squeeze(any(), numbers()));
      case 38 -> List.of(Ops.unsqueeze(any(), numbers()));
      case 39 -> List.of(Ops.expand(any(), numbers()));
      case 40 -> List.of(Ops.shape(any()));
      case 41 -> List.of(Ops.slice(any(), numbers(), numbers(), numbers()));
      case 42 -> List.of(Ops.slice(any(), numbers(), numbers(), numbers(), numbers()));
      case 43 -> topK(Ops.topK(any(), any(), input.number(), true, input.next(2) == 1));
      case 44 -> List.of(Ops.range(any(), any(), any()));
      case 45 -> List.of(Ops.constantOfShape(any(), Tensor.of(new float[] {1}, 1)));
      case 46 -> List.of(Ops.expand(any(), any()));
      default -> List.of(Ops.sigmoid(any()));
    };
  }

  private int[] axes() {
    return Arrays.stream(numbers()).mapToInt(axis -> (int) axis).toArray();
  }

  private static List<Value> topK(TopK top) {
    return List.of(top.values(), top.indices());
  }
}
