package org.ortnce.onnx;

import java.util.List;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * The standard operators of ONNX, as of operator set 17: each call adds a node and returns its
 * output, whose element type and shape it has worked out.
 *
 * <p>Operands of one call have one element type unless said otherwise, and "broadcast" is ONNX's
 * multidirectional broadcasting (numpy's). Negative axes count from the last dimension. Every
 * method throws {@link IllegalArgumentException} naming operator, argument, what was found and what
 * was expected if an argument is null, of a type the operator does not take, or of a shape that can
 * never fit; what depends on symbolic dimensions shows when the model runs. Operators that are not
 * here: {@link NodeBuilder}.
 */
public final class Ops {
  private Ops() {}

  /**
   * A constant in the graph; the data is copied. Large tensors belong in {@link Value#initializer}.
   */
  public static Value constant(Tensor data) {
    return Constants.constant(data);
  }

  /** A float scalar. */
  public static Value scalar(float value) {
    return Constants.constant(Tensor.scalar(value));
  }

  /** An int64 scalar. */
  public static Value scalar(long value) {
    return Constants.constant(Tensor.scalar(value));
  }

  /** A scalar of any numeric type. */
  public static Value scalar(ElementType type, double value) {
    return Constants.scalar(type, value);
  }

  /** An int64 vector: axes, indices or a shape. */
  public static Value vector(long... values) {
    return Constants.vector(values);
  }

  /** A tensor of this shape (int64 vector) full of the one element of {@code value}. */
  public static Value constantOfShape(Value shape, Tensor value) {
    return Constants.constantOfShape(shape, value);
  }

  /** The vector start, start + delta, ... up to but without limit; all scalars of one type. */
  public static Value range(Value start, Value limit, Value delta) {
    return Constants.range(start, limit, delta);
  }

  /** {@code x} itself, under another name. */
  public static Value identity(Value x) {
    return Elementwise.unary("Identity", Types.ALL, x, ElementwiseGradients::identity);
  }

  /** -x. */
  public static Value neg(Value x) {
    return Elementwise.unary("Neg", Types.SIGNED, x, ElementwiseGradients::neg);
  }

  /** |x|. */
  public static Value abs(Value x) {
    return Elementwise.unary("Abs", Types.NUMERIC, x);
  }

  /** -1, 0 or 1. */
  public static Value sign(Value x) {
    return Elementwise.unary("Sign", Types.NUMERIC, x);
  }

  /** The largest whole number not above x. */
  public static Value floor(Value x) {
    return Elementwise.unary("Floor", Types.FLOATS, x);
  }

  /** The smallest whole number not below x. */
  public static Value ceil(Value x) {
    return Elementwise.unary("Ceil", Types.FLOATS, x);
  }

  /** e^x. */
  public static Value exp(Value x) {
    return Elementwise.unary("Exp", Types.FLOATS, x, ElementwiseGradients::exp);
  }

  /** The natural logarithm of x. */
  public static Value log(Value x) {
    return Elementwise.unary("Log", Types.FLOATS, x, ElementwiseGradients::log);
  }

  /** The square root of x. */
  public static Value sqrt(Value x) {
    return Elementwise.unary("Sqrt", Types.FLOATS, x, ElementwiseGradients::sqrt);
  }

  /** 1 / x. */
  public static Value reciprocal(Value x) {
    return Elementwise.unary("Reciprocal", Types.FLOATS, x);
  }

  /** max(x, 0). */
  public static Value relu(Value x) {
    return Elementwise.unary("Relu", Types.SIGNED, x, ElementwiseGradients::relu);
  }

  /** The hyperbolic tangent of x. */
  public static Value tanh(Value x) {
    return Elementwise.unary("Tanh", Types.FLOATS, x, ElementwiseGradients::tanh);
  }

  /** 1 / (1 + e^-x). */
  public static Value sigmoid(Value x) {
    return Elementwise.unary("Sigmoid", Types.FLOATS, x, ElementwiseGradients::sigmoid);
  }

  /** log(1 + e^x); not for bfloat16. */
  public static Value softplus(Value x) {
    return Elementwise.unary("Softplus", Types.IEEE_FLOATS, x, ElementwiseGradients::softplus);
  }

  /** a + b, broadcast. */
  public static Value add(Value a, Value b) {
    return Elementwise.binary("Add", Types.NUMERIC, a, b, ElementwiseGradients::add);
  }

  /** a - b, broadcast. */
  public static Value sub(Value a, Value b) {
    return Elementwise.binary("Sub", Types.NUMERIC, a, b, ElementwiseGradients::sub);
  }

  /** a * b, broadcast. */
  public static Value mul(Value a, Value b) {
    return Elementwise.binary("Mul", Types.NUMERIC, a, b, ElementwiseGradients::mul);
  }

  /** a / b; of integers, truncated. Broadcast. */
  public static Value div(Value a, Value b) {
    return Elementwise.binary("Div", Types.NUMERIC, a, b, ElementwiseGradients::div);
  }

  /**
   * The remainder of a / b, broadcast: with the sign of b for integers (as Python's %), with the
   * sign of a for floating point (as C's fmod).
   */
  public static Value mod(Value a, Value b) {
    return Elementwise.mod(a, b);
  }

  /** base ^ exponent, broadcast; the element types may differ. */
  public static Value pow(Value base, Value exponent) {
    return Elementwise.pow(base, exponent);
  }

  /** The element-wise maximum, broadcast. */
  public static Value max(Value... values) {
    return Elementwise.variadic("Max", values);
  }

  /** The element-wise minimum, broadcast. */
  public static Value min(Value... values) {
    return Elementwise.variadic("Min", values);
  }

  /** x limited to [min, max]; a bound is a scalar, or null for none. */
  public static Value clip(Value x, Value minOrNull, Value maxOrNull) {
    return Elementwise.clip(x, minOrNull, maxOrNull);
  }

  /** x with its elements converted. */
  public static Value cast(Value x, ElementType to) {
    return Elementwise.cast(x, to);
  }

  /** Where a = b, broadcast. */
  public static Value equal(Value a, Value b) {
    return Elementwise.compare("Equal", Types.NUMERIC_OR_BOOL, a, b);
  }

  /** Where a &gt; b, broadcast. */
  public static Value greater(Value a, Value b) {
    return Elementwise.compare("Greater", Types.NUMERIC, a, b);
  }

  /** Where a &gt;= b, broadcast. */
  public static Value greaterOrEqual(Value a, Value b) {
    return Elementwise.compare("GreaterOrEqual", Types.NUMERIC, a, b);
  }

  /** Where a &lt; b, broadcast. */
  public static Value less(Value a, Value b) {
    return Elementwise.compare("Less", Types.NUMERIC, a, b);
  }

  /** Where a &lt;= b, broadcast. */
  public static Value lessOrEqual(Value a, Value b) {
    return Elementwise.compare("LessOrEqual", Types.NUMERIC, a, b);
  }

  /** Where both a and b hold, broadcast. */
  public static Value and(Value a, Value b) {
    return Elementwise.compare("And", Types.BOOLEAN, a, b);
  }

  /** Where a or b holds, broadcast. */
  public static Value or(Value a, Value b) {
    return Elementwise.compare("Or", Types.BOOLEAN, a, b);
  }

  /** Where just one of a and b holds, broadcast. */
  public static Value xor(Value a, Value b) {
    return Elementwise.compare("Xor", Types.BOOLEAN, a, b);
  }

  /** Where x does not hold. */
  public static Value not(Value x) {
    return Elementwise.unary("Not", Types.BOOLEAN, x);
  }

  /** Where x is NaN. */
  public static Value isNaN(Value x) {
    return Elementwise.test("IsNaN", Types.FLOATS, x);
  }

  /** x where the condition holds, else y; all broadcast. */
  public static Value where(Value condition, Value x, Value y) {
    return Elementwise.where(condition, x, y);
  }

  /** The matrix product of the last two dimensions, the others broadcast (as numpy.matmul). */
  public static Value matMul(Value a, Value b) {
    return Matrices.matMul(a, b);
  }

  /** a b + c for matrices a and b. */
  public static Value gemm(Value a, Value b, Value cOrNull) {
    return Matrices.gemm(a, b, cOrNull, 1, 1, false, false);
  }

  /**
   * alpha a' b' + beta c for matrices; a' is a or its transpose, so b'; c is broadcast, or null.
   */
  public static Value gemm(
      Value a, Value b, Value cOrNull, float alpha, float beta, boolean transA, boolean transB) {
    return Matrices.gemm(a, b, cOrNull, alpha, beta, transA, transB);
  }

  /** The sums over these axes; over all without axes. */
  public static Value reduceSum(Value x, boolean keepDims, long... axes) {
    return Reductions.reduceSum(x, keepDims, axes);
  }

  /** The means over these axes; over all without axes. */
  public static Value reduceMean(Value x, boolean keepDims, long... axes) {
    return Reductions.reduceMean(x, keepDims, axes);
  }

  /** The maxima over these axes; over all without axes. */
  public static Value reduceMax(Value x, boolean keepDims, long... axes) {
    return Reductions.reduce("ReduceMax", Types.EXTREMES, x, keepDims, axes);
  }

  /** The minima over these axes; over all without axes. */
  public static Value reduceMin(Value x, boolean keepDims, long... axes) {
    return Reductions.reduce("ReduceMin", Types.EXTREMES, x, keepDims, axes);
  }

  /** The index, int64, of the first maximum along the axis. */
  public static Value argMax(Value x, long axis, boolean keepDims) {
    return Reductions.argMax(x, axis, keepDims);
  }

  /** e^x over its sum along the axis. */
  public static Value softmax(Value x, long axis) {
    return Reductions.softmax("Softmax", x, axis);
  }

  /** The logarithm of the softmax along the axis. */
  public static Value logSoftmax(Value x, long axis) {
    return Reductions.softmax("LogSoftmax", x, axis);
  }

  /** data at these indices (int32 or int64, may be negative) of one axis, whole slices. */
  public static Value gather(Value data, Value indices, long axis) {
    return Indexing.gather(data, indices, axis);
  }

  /** data at these indices of one axis, element by element: the result has the shape of indices. */
  public static Value gatherElements(Value data, Value indices, long axis) {
    return Indexing.gatherElements(data, indices, axis);
  }

  /**
   * data with updates put at, or combined at (reduction none, add, mul), the indices of one axis.
   */
  public static Value scatterElements(
      Value data, Value indices, Value updates, long axis, String reduction) {
    return Indexing.scatterElements(data, indices, updates, axis, reduction);
  }

  /**
   * data with the slices named by the last dimension of indices replaced by updates, or combined
   * with them (reduction none, add, mul).
   */
  public static Value scatterND(Value data, Value indices, Value updates, String reduction) {
    return Indexing.scatterND(data, indices, updates, reduction);
  }

  /** offOn[1] at each index and offOn[0] elsewhere along a new axis of {@code depth}. */
  public static Value oneHot(Value indices, long depth, Tensor offOn, long axis) {
    return Indexing.oneHot(indices, depth, offOn, axis);
  }

  /** The slices of x along an axis for which the condition (bool vector) holds. */
  public static Value compress(Value x, Value condition, long axis) {
    return Indexing.compress(x, condition, axis);
  }

  /** The values joined along an axis. */
  public static Value concat(long axis, Value... values) {
    return Layout.concat(axis, List.of(values));
  }

  /** The values joined along an axis. */
  public static Value concat(long axis, List<Value> values) {
    return Layout.concat(axis, values);
  }

  /** x in another shape: 0 keeps a dimension, one -1 takes what is left. */
  public static Value reshape(Value x, long... shape) {
    return Layout.reshape(x, shape);
  }

  /** x in another shape, an int64 vector: 0 keeps a dimension, one -1 takes what is left. */
  public static Value reshape(Value x, Value shape) {
    return Layout.reshape(x, shape);
  }

  /** x with its dimensions in this order; reversed without one. */
  public static Value transpose(Value x, int... perm) {
    return Layout.transpose(x, perm);
  }

  /** x without these dimensions of size 1; without all of them if none is named. */
  public static Value squeeze(Value x, long... axes) {
    return Layout.squeeze(x, axes);
  }

  /** x with dimensions of size 1 that get these axes. */
  public static Value unsqueeze(Value x, long... axes) {
    return Layout.unsqueeze(x, axes);
  }

  /** x broadcast with this shape. */
  public static Value expand(Value x, long... shape) {
    return Layout.expand(x, Constants.vector(Args.given("Expand", "shape", shape)));
  }

  /** x broadcast with this shape, an int64 vector. */
  public static Value expand(Value x, Value shape) {
    return Layout.expand(x, shape);
  }

  /** The shape of x, an int64 vector. */
  public static Value shape(Value x) {
    return Layout.shape(x);
  }

  /** The number of elements of x, an int64 scalar. */
  public static Value size(Value x) {
    return Layout.size(x);
  }

  /** x[start:end] along each of these axes; negative places count from the end. */
  public static Value slice(Value x, long[] starts, long[] ends, long[] axes) {
    return Layout.slice(x, starts, ends, axes, null);
  }

  /** x[start:end:step] along each of these axes; negative places count from the end. */
  public static Value slice(Value x, long[] starts, long[] ends, long[] axes, long[] steps) {
    return Layout.slice(x, starts, ends, axes, Args.given("Slice", "steps", steps));
  }

  /** x[start:end:step] along each of these axes, all int32 or int64 vectors. */
  public static Value slice(Value x, Value starts, Value ends, Value axes, Value stepsOrNull) {
    return Layout.slice(x, starts, ends, axes, stepsOrNull);
  }

  /**
   * The k largest along the last axis, in descending order; k is an int64 vector of one element.
   */
  public static TopK topK(Value x, Value k) {
    return topK(x, k, -1, true, true);
  }

  /** The k largest along the last axis, in descending order. */
  public static TopK topK(Value x, long k) {
    if (k < 0) {
      throw Args.expected("TopK", "k", k, "at least 0");
    }
    return topK(x, Constants.vector(k));
  }

  /** The k largest or smallest along an axis; of equal ones, those with the lower index. */
  public static TopK topK(Value x, Value k, long axis, boolean largest, boolean sorted) {
    return Reductions.topK(x, k, axis, largest, sorted);
  }
}
