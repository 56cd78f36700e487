package org.ortnce.onnx;

import java.util.EnumSet;
import java.util.Set;
import org.ortnce.onnx.proto.AttributeProto;
import org.ortnce.onnx.proto.AttributeProto.AttributeType;

/** Checks that an attribute holds a value of the kind its type says, and no other. */
final class AttributeFields {
  private static final Set<AttributeType> SINGLE =
      EnumSet.of(
          AttributeType.FLOAT,
          AttributeType.INT,
          AttributeType.STRING,
          AttributeType.TENSOR,
          AttributeType.GRAPH,
          AttributeType.SPARSE_TENSOR,
          AttributeType.TYPE_PROTO);

  private AttributeFields() {}

  static void check(String at, AttributeProto attribute, Problems problems) {
    AttributeType type = attribute.getType();
    Set<AttributeType> held = held(attribute);
    if (type == AttributeType.UNDEFINED) {
      problems.add(at, "type is missing");
      return;
    }
    problems.require(
        held.contains(type) || !SINGLE.contains(type), at, "has type " + type + " and no value");
    held.remove(type);
    problems.require(held.isEmpty(), at, "has type " + type + " and a value of type " + held);
  }

  /** The types of all values an attribute holds. */
  private static Set<AttributeType> held(AttributeProto a) {
    Set<AttributeType> held = EnumSet.noneOf(AttributeType.class);
    add(held, AttributeType.FLOAT, a.hasF());
    add(held, AttributeType.INT, a.hasI());
    add(held, AttributeType.STRING, a.hasS());
    add(held, AttributeType.TENSOR, a.hasT());
    add(held, AttributeType.GRAPH, a.hasG());
    add(held, AttributeType.SPARSE_TENSOR, a.hasSparseTensor());
    add(held, AttributeType.TYPE_PROTO, a.hasTp());
    add(held, AttributeType.FLOATS, a.getFloatsCount() > 0);
    add(held, AttributeType.INTS, a.getIntsCount() > 0);
    add(held, AttributeType.STRINGS, a.getStringsCount() > 0);
    add(held, AttributeType.TENSORS, a.getTensorsCount() > 0);
    add(held, AttributeType.GRAPHS, a.getGraphsCount() > 0);
    add(held, AttributeType.SPARSE_TENSORS, a.getSparseTensorsCount() > 0);
    add(held, AttributeType.TYPE_PROTOS, a.getTypeProtosCount() > 0);
    return held;
  }

  private static void add(Set<AttributeType> held, AttributeType type, boolean there) {
    if (there) {
      held.add(type);
    }
  }
}
