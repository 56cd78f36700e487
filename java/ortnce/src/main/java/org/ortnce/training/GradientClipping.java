package org.ortnce.training;

import java.util.ArrayList;
import java.util.List;

/**
 * Limits the norm of gradients. Nothing is written: the result is over the same tensors with
 * another {@link ParameterGradient#factor}. Norms are summed in double in a fixed order; for a
 * sparse gradient that of its values is that of the whole, since its rows are unique.
 *
 * <p>A norm that is NaN or infinite makes every gradient it limits NaN, as tf.clip_by_global_norm
 * does: a broken gradient must not pass for a small one.
 */
public final class GradientClipping {
  private enum Kind {
    NONE,
    BY_NORM,
    BY_GLOBAL_NORM
  }

  private static final GradientClipping NONE = new GradientClipping(Kind.NONE, 0);

  private final Kind kind;
  private final double clipNorm;

  private GradientClipping(Kind kind, double clipNorm) {
    this.kind = kind;
    this.clipNorm = clipNorm;
  }

  /** No limit: gradients pass unchanged. */
  public static GradientClipping none() {
    return NONE;
  }

  /**
   * tf.clip_by_norm of each gradient alone: {@code g * clipNorm / max(norm(g), clipNorm)}.
   *
   * @param clipNorm positive and finite
   */
  public static GradientClipping byNorm(double clipNorm) {
    return new GradientClipping(Kind.BY_NORM, checked(clipNorm));
  }

  /**
   * tf.clip_by_global_norm: every gradient by the same {@code clipNorm / max(globalNorm,
   * clipNorm)}.
   *
   * @param clipNorm positive and finite
   */
  public static GradientClipping byGlobalNorm(double clipNorm) {
    return new GradientClipping(Kind.BY_GLOBAL_NORM, checked(clipNorm));
  }

  /** Whether every gradient passes unchanged. */
  boolean isNone() {
    return kind == Kind.NONE;
  }

  /** The gradients, limited, in their order. */
  public List<ParameterGradient> clip(List<ParameterGradient> gradients) {
    return switch (kind) {
      case NONE -> gradients;
      case BY_NORM -> {
        List<ParameterGradient> clipped = new ArrayList<>(gradients.size());
        for (ParameterGradient gradient : gradients) {
          clipped.add(gradient.times(scale(Math.sqrt(gradient.squaredNorm()))));
        }
        yield clipped;
      }
      case BY_GLOBAL_NORM -> {
        float scale = scale(globalNorm(gradients));
        yield gradients.stream().map(gradient -> gradient.times(scale)).toList();
      }
    };
  }

  /** tf.linalg.global_norm: the square root of the sum of the squares of all elements. */
  public static double globalNorm(List<ParameterGradient> gradients) {
    double sum = 0;
    for (ParameterGradient gradient : gradients) {
      sum += gradient.squaredNorm();
    }
    return Math.sqrt(sum);
  }

  private float scale(double norm) {
    if (!Double.isFinite(norm)) {
      return Float.NaN;
    }
    return norm <= clipNorm ? 1 : (float) (clipNorm / norm);
  }

  private static double checked(double clipNorm) {
    if (!(clipNorm > 0) || Double.isInfinite(clipNorm)) {
      throw new IllegalArgumentException(
          "clipNorm is " + clipNorm + ", expected a finite number > 0");
    }
    return clipNorm;
  }

  /** TensorFlow's name and the limit, such as {@code clip_by_global_norm(5.0)}. */
  @Override
  public String toString() {
    return switch (kind) {
      case NONE -> "none";
      case BY_NORM -> "clip_by_norm(" + clipNorm + ")";
      case BY_GLOBAL_NORM -> "clip_by_global_norm(" + clipNorm + ")";
    };
  }
}
