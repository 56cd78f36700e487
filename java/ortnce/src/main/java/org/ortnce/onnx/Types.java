package org.ortnce.onnx;

import static org.ortnce.tensor.ElementType.BFLOAT16;
import static org.ortnce.tensor.ElementType.BOOL;
import static org.ortnce.tensor.ElementType.DOUBLE;
import static org.ortnce.tensor.ElementType.FLOAT;
import static org.ortnce.tensor.ElementType.FLOAT16;
import static org.ortnce.tensor.ElementType.INT16;
import static org.ortnce.tensor.ElementType.INT32;
import static org.ortnce.tensor.ElementType.INT64;
import static org.ortnce.tensor.ElementType.INT8;
import static org.ortnce.tensor.ElementType.STRING;
import static org.ortnce.tensor.ElementType.UINT32;
import static org.ortnce.tensor.ElementType.UINT64;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.ortnce.tensor.ElementType;

/** The sets of element types that ONNX's operators take, as of operator set 17. */
final class Types {
  static final Set<ElementType> ALL = set(EnumSet.allOf(ElementType.class));
  static final Set<ElementType> BOOLEAN = set(EnumSet.of(BOOL));
  static final Set<ElementType> FLOATS = set(EnumSet.of(FLOAT, DOUBLE, FLOAT16, BFLOAT16));
  static final Set<ElementType> IEEE_FLOATS = set(EnumSet.of(FLOAT, DOUBLE, FLOAT16));
  static final Set<ElementType> NUMERIC = set(EnumSet.complementOf(EnumSet.of(STRING, BOOL)));
  static final Set<ElementType> NUMERIC_OR_BOOL = set(EnumSet.complementOf(EnumSet.of(STRING)));
  static final Set<ElementType> NUMERIC_NO_BFLOAT16 = without(NUMERIC, BFLOAT16);
  static final Set<ElementType> SIGNED =
      set(EnumSet.of(FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT8, INT16, INT32, INT64));
  static final Set<ElementType> WIDE =
      set(EnumSet.of(FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT32, INT64, UINT32, UINT64));
  static final Set<ElementType> EXTREMES = without(without(NUMERIC, ElementType.UINT16), INT16);
  static final Set<ElementType> POWERS =
      set(EnumSet.of(FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT32, INT64));
  static final Set<ElementType> RANGES = set(EnumSet.of(FLOAT, DOUBLE, INT16, INT32, INT64));
  static final Set<ElementType> INDICES = set(EnumSet.of(INT32, INT64));
  static final Set<ElementType> INT64_ONLY = set(EnumSet.of(INT64));

  private Types() {}

  private static Set<ElementType> set(EnumSet<ElementType> types) {
    return Collections.unmodifiableSet(types);
  }

  private static Set<ElementType> without(Set<ElementType> types, ElementType type) {
    EnumSet<ElementType> rest = EnumSet.copyOf(types);
    rest.remove(type);
    return set(rest);
  }
}
