package org.ortnce.cli;

import java.util.stream.Stream;
import org.ortnce.tensor.ElementType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the types that weights may have, by ONNX's names. */
final class WeightsType implements ITypeConverter<ElementType> {
  @Override
  public ElementType convert(String name) {
    return Stream.of(ElementType.values())
        .filter(type -> type.widensToFloat() && type.onnxName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "expected float, float16 or bfloat16, got '" + name + "'"));
  }
}
