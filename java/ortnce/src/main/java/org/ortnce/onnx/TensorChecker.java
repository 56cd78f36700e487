package org.ortnce.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.onnx.proto.TensorProto;

/** Checks that a stored tensor has the data its type and shape need. */
final class TensorChecker {
  private static final int COMPLEX64 = 14;
  private static final int COMPLEX128 = 15;

  /** The bits of an element by {@code TensorProto.DataType}; 0 is a string, -1 no type. */
  private static final int[] BITS = {
    -1, 32, 8, 8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4, 4, 8, 2, 2
  };

  private TensorChecker() {}

  static boolean isElementType(int code) {
    return code > 0 && code < BITS.length;
  }

  static void check(String where, TensorProto tensor, Problems problems) {
    int type = tensor.getDataType();
    if (!isElementType(type)) {
      problems.add(where, "has unknown data_type " + type);
      return;
    }
    long count = count(tensor.getDimsList());
    if (count < 0) {
      problems.add(where, "has dims " + tensor.getDimsList() + ": negative, or too large");
      return;
    }
    Map<String, Integer> fields = typedFields(tensor);
    boolean external = tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    if (tensor.hasRawData()) {
      fields.put("raw_data", tensor.getRawData().size());
    }
    if (external) {
      external(where, tensor, problems);
      problems.require(fields.isEmpty(), where, "has external data and " + fields.keySet());
    } else if (fields.size() > 1) {
      problems.add(where, "has data in more than one field: " + fields.keySet());
    } else if (tensor.hasRawData()) {
      raw(where, tensor, count, problems);
    } else {
      String field = fieldOf(type);
      long wanted = type == COMPLEX64 || type == COMPLEX128 ? 2 * count : packed(type, count);
      int found = fields.getOrDefault(field, 0);
      fields.remove(field);
      problems.require(
          fields.isEmpty(), where, "of data_type " + type + " has data in " + fields.keySet());
      problems.require(
          found == wanted, where, "has " + found + " elements in " + field + ", needs " + wanted);
    }
  }

  private static void raw(String where, TensorProto tensor, long count, Problems problems) {
    int bits = BITS[tensor.getDataType()];
    if (bits == 0) {
      problems.add(where, "has strings in raw_data");
      return;
    }
    long wanted = byteSize(bits, count);
    long found = tensor.getRawData().size();
    problems.require(
        found == wanted,
        where,
        "has " + found + " bytes of raw_data, dims " + tensor.getDimsList() + " need " + wanted);
  }

  /**
   * The bytes that a tensor takes outside its typed fields; -1 if it holds strings or nothing that
   * has a size.
   */
  static long byteSize(int type, List<Long> dims) {
    long count = isElementType(type) && BITS[type] > 0 ? count(dims) : -1;
    return count < 0 ? -1 : byteSize(BITS[type], count);
  }

  private static long byteSize(int bits, long count) {
    long high = Math.multiplyHigh(count, (long) bits);
    return high == 0 ? (count * bits + 7) >>> 3 : -1;
  }

  /** Elements of less than a byte share an element of int32_data. */
  private static long packed(int type, long count) {
    int bits = BITS[type];
    return bits == 4 || bits == 2 ? (count * bits + 7) / 8 : count;
  }

  /** The number of elements; -1 if a dimension is negative or there are more than 2^62. */
  private static long count(List<Long> dims) {
    long count = 1;
    for (long dim : dims) {
      if (dim < 0) {
        return -1;
      }
      count = dim == 0 ? 0 : count;
    }
    for (long dim : dims) {
      if (count > 0 && dim > Long.MAX_VALUE / 2 / count) {
        return -1;
      }
      count *= dim;
    }
    return count;
  }

  private static Map<String, Integer> typedFields(TensorProto tensor) {
    Map<String, Integer> fields = new LinkedHashMap<>();
    fields.put("float_data", tensor.getFloatDataCount());
    fields.put("int32_data", tensor.getInt32DataCount());
    fields.put("int64_data", tensor.getInt64DataCount());
    fields.put("double_data", tensor.getDoubleDataCount());
    fields.put("uint64_data", tensor.getUint64DataCount());
    fields.put("string_data", tensor.getStringDataCount());
    fields.values().removeIf(count -> count == 0);
    return fields;
  }

  /** The field that holds elements of a type when raw_data does not. */
  private static String fieldOf(int type) {
    return switch (type) {
      case 1, COMPLEX64 -> "float_data";
      case 7 -> "int64_data";
      case 8 -> "string_data";
      case 11, COMPLEX128 -> "double_data";
      case 12, 13 -> "uint64_data";
      default -> "int32_data";
    };
  }

  private static void external(String where, TensorProto tensor, Problems problems) {
    try {
      ExternalTensor.of(tensor).place();
    } catch (ExternalTensor.Refused e) {
      problems.add(where, e.problem());
    }
  }
}
