package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ortnce.onnx.ExternalTensor.Entry;

/**
 * What a scan of the wire format makes of messages that are legal and rare, and of legal limits.
 */
class ModelScanTest {
  private interface Fields {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    fields.writeTo(out);
    out.flush();
    return bytes.toByteArray();
  }

  /** A graph in an attribute of a node of a graph, and so on. */
  private static byte[] nested(int depth) throws IOException {
    int[] fields = {6, 1, 5};
    byte[] inner = {};
    for (int i = depth; i > 0; i--) {
      int field = i == 1 ? 7 : fields[(i - 1) % 3];
      byte[] content = inner;
      inner = message(out -> out.writeByteArray(field, content));
    }
    return inner;
  }

  @Test
  void messagesAreNestedAHundredDeepAndNoDeeper() throws IOException {
    assertThat(ModelScan.of(new ByteArrayInputStream(nested(100))).external()).isEmpty();
    byte[] deeper = nested(101);
    assertThatThrownBy(() -> ModelScan.of(new ByteArrayInputStream(deeper)))
        .isInstanceOf(InvalidProtocolBufferException.class)
        .hasMessage("messages are nested more than 100 deep");
  }

  private static ExternalTensor tensor(Fields fields) throws IOException {
    return ExternalTensor.read(CodedInputStream.newInstance(message(fields)));
  }

  @Test
  void dimensionsArePackedOrNot() throws IOException {
    byte[] packed = {2, 3};
    for (Fields dims :
        List.<Fields>of(
            out -> out.writeByteArray(1, packed),
            out -> {
              out.writeInt64(1, 2);
              out.writeInt64(1, 3);
            })) {
      ExternalTensor tensor =
          tensor(
              out -> {
                dims.writeTo(out);
                out.writeInt32(2, 1);
                out.writeString(8, "w");
              });
      assertThat(tensor.dims()).containsExactly(2L, 3L);
      assertThat(tensor.dataType()).isEqualTo(1);
      assertThat(tensor.name()).isEqualTo("w");
      assertThat(tensor.isExternal()).isFalse();
    }
  }

  /** Such fields are unknown ones to a parser, which skips them. */
  @Test
  void fieldsOfOtherWireTypesAreSkipped() throws IOException {
    ExternalTensor tensor =
        tensor(
            out -> {
              out.writeFixed64(1, 7);
              out.writeFixed32(2, 7);
              out.writeInt32(8, 7);
              out.writeByteArray(14, new byte[] {1});
              out.writeInt32(13, 7);
            });
    assertThat(tensor).isEqualTo(new ExternalTensor("", 0, List.of(), false, List.of()));
  }

  @Test
  void aTensorWithoutElementsNeedsNoBytes() throws IOException {
    ExternalTensor tensor =
        new ExternalTensor("w", 1, List.of(0L), true, List.of(new Entry("location", "w.bin")));
    assertThat(tensor.place()).isEqualTo(new ExternalTensor.Place("w.bin", 0, 0));
  }

  @Test
  void refusalsNameTheTensorInShort() {
    assertThat(named("w").refused("is bad")).hasMessage("tensor 'w' is bad");
    assertThat(named("").refused("is bad")).hasMessage("a tensor in an attribute is bad");
    assertThat(named("w".repeat(200)).refused("is bad"))
        .hasMessage("tensor '" + "w".repeat(200) + "' is bad");
    assertThat(named("w".repeat(201)).refused("is bad"))
        .hasMessage("tensor '" + "w".repeat(200) + "...' is bad");
    assertThat(named("a\nb").refused("is bad")).hasMessage("tensor 'a?b' is bad");
  }

  private static ExternalTensor named(String name) {
    return new ExternalTensor(name, 1, List.of(), true, List.of());
  }
}
