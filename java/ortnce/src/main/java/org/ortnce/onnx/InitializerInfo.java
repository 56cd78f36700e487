package org.ortnce.onnx;

import java.util.List;

/**
 * A tensor that a model stores.
 *
 * @param name its name
 * @param elementType its element type in ONNX's spelling, such as {@code float}
 * @param dims its shape
 * @param byteSize the bytes its elements take, in the file or in external data; -1 if the file
 *     gives dimensions that no tensor can have
 * @param external whether the elements are in another file
 */
public record InitializerInfo(
    String name, String elementType, List<Long> dims, long byteSize, boolean external) {
  /** Copies the dimensions. */
  public InitializerInfo {
    dims = List.copyOf(dims);
  }

  /** Such as {@code weights float[10, 4], 160 bytes}. */
  @Override
  public String toString() {
    return name
        + " "
        + elementType
        + dims
        + ", "
        + byteSize
        + " bytes"
        + (external ? " external" : "");
  }
}
