package org.ortnce.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ortnce.onnx.proto.StringStringEntryProto;
import org.ortnce.onnx.proto.TensorProto;

/**
 * What a model says of a tensor whose elements are in another file, before any of it is believed.
 *
 * @param name the tensor's name; "" for one in an attribute
 * @param dataType its element type by {@code TensorProto.DataType}
 * @param dims its shape
 * @param flagged whether {@code data_location} is EXTERNAL
 * @param entries the pairs of {@code external_data} as they are, doubles included
 */
record ExternalTensor(
    String name, int dataType, List<Long> dims, boolean flagged, List<Entry> entries) {
  private static final Set<String> KEYS = Set.of("location", "offset", "length", "checksum");

  /** One pair of {@code external_data}. */
  record Entry(String key, String value) {}

  /** A location that has been checked against the file: bytes of a plain file below the model. */
  record Place(String location, long offset, long length) {}

  static ExternalTensor of(TensorProto tensor) {
    List<Entry> entries = new ArrayList<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      entries.add(new Entry(entry.getKey(), entry.getValue()));
    }
    return new ExternalTensor(
        tensor.getName(),
        tensor.getDataType(),
        tensor.getDimsList(),
        tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL,
        entries);
  }

  /** Reads a tensor off the wire up to the current limit, skipping its data. */
  static ExternalTensor read(CodedInputStream in) throws IOException {
    List<Long> dims = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    int dataType = 0;
    String name = "";
    boolean flagged = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int wire = WireFormat.getTagWireType(tag);
      boolean bytes = wire == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      boolean number = wire == WireFormat.WIRETYPE_VARINT;
      int field = WireFormat.getTagFieldNumber(tag);
      if (field == TensorProto.DIMS_FIELD_NUMBER && bytes) {
        int outer = in.pushLimit(in.readRawVarint32());
        while (!in.isAtEnd()) {
          dims.add(in.readInt64());
        }
        in.popLimit(outer);
      } else if (field == TensorProto.DIMS_FIELD_NUMBER && number) {
        dims.add(in.readInt64());
      } else if (field == TensorProto.DATA_TYPE_FIELD_NUMBER && number) {
        dataType = in.readInt32();
      } else if (field == TensorProto.NAME_FIELD_NUMBER && bytes) {
        name = in.readString();
      } else if (field == TensorProto.DATA_LOCATION_FIELD_NUMBER && number) {
        flagged = in.readEnum() == TensorProto.DataLocation.EXTERNAL_VALUE;
      } else if (field == TensorProto.EXTERNAL_DATA_FIELD_NUMBER && bytes) {
        entries.add(entry(in));
      } else {
        in.skipField(tag);
      }
    }
    return new ExternalTensor(name, dataType, dims, flagged, entries);
  }

  private static Entry entry(CodedInputStream in) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    String key = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> key = utf8(in.readByteArray());
        case 2 -> value = utf8(in.readByteArray());
        default -> in.skipField(tag);
      }
    }
    in.popLimit(outer);
    return new Entry(key, value);
  }

  /** What is no UTF-8 becomes a control character, which {@link #place} refuses. */
  private static String utf8(byte[] bytes) throws InvalidProtocolBufferException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return "\0";
    }
  }

  /** Whether the model says anything of external data for this tensor. */
  boolean isExternal() {
    return flagged || !entries.isEmpty();
  }

  /**
   * What the entries say, as far as it can be checked without a file.
   *
   * @return where the elements are; a length that is not given is the one the shape needs
   * @throws Refused naming the tensor and what is wrong: an unknown, missing or repeated key, a
   *     location that is no plain path below the model, a size that is no number or not the shape's
   */
  Place place() throws Refused {
    Map<String, String> pairs = new HashMap<>();
    for (Entry entry : entries) {
      if (!KEYS.contains(entry.key())) {
        throw refused("has unknown external_data key '" + printable(entry.key()) + "'");
      }
      if (pairs.put(entry.key(), entry.value()) != null) {
        throw refused("has external_data key '" + entry.key() + "' twice");
      }
    }
    String location = pairs.get("location");
    if (location == null) {
      throw refused("has external data without a location");
    }
    if (!isBelow(location)) {
      throw refused(
          "has external data at '" + printable(location) + "', which is no path below the model");
    }
    long needed = TensorChecker.byteSize(dataType, dims);
    if (needed < 0) {
      throw refused(
          "has external data, but data_type "
              + dataType
              + " and dims "
              + dims
              + " give no number of bytes");
    }
    long offset = size(pairs, "offset", 0);
    long length = size(pairs, "length", needed);
    if (length != needed) {
      throw refused("has external data of " + length + " bytes, its shape needs " + needed);
    }
    return new Place(location, offset, length);
  }

  private long size(Map<String, String> pairs, String key, long absent) throws Refused {
    String text = pairs.get(key);
    if (text == null) {
      return absent;
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw refused(
          "has external data with "
              + key
              + " '"
              + printable(text)
              + "', expected a number of 1 to 18 digits");
    }
    return Long.parseLong(text);
  }

  /** A relative path of plain names, on every system. */
  static boolean isBelow(String location) {
    if (location.matches("(?s).*[\\\\:\\p{Cntrl}].*")) {
      return false;
    }
    for (String part : location.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return false;
      }
    }
    return !location.startsWith("*");
  }

  /** Text of an unknown file for a message: short and without control characters. */
  private static String printable(String text) {
    String plain = text.replaceAll("[^ -~]", "?");
    return plain.length() <= 200 ? plain : plain.substring(0, 200) + "...";
  }

  Refused refused(String text) {
    String which = name.isEmpty() ? "a tensor in an attribute" : "tensor '" + printable(name) + "'";
    return new Refused(which, text);
  }

  /** What is wrong with a tensor's external data. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    private final String problem;

    Refused(String which, String problem) {
      super(which + " " + problem);
      this.problem = problem;
    }

    /** Without the name of the tensor. */
    String problem() {
      return problem;
    }
  }
}
