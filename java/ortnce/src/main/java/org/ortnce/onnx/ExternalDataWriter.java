package org.ortnce.onnx;

import com.google.protobuf.ByteString;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ortnce.io.AtomicFile;
import org.ortnce.onnx.proto.GraphProto;
import org.ortnce.onnx.proto.StringStringEntryProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.tensor.TensorData;

/** Moves initializers of a model to external data files, and says in the model where they are. */
final class ExternalDataWriter {
  /** The offsets that the ONNX format asks for: pages, so that a tensor can be mapped alone. */
  private static final long ALIGNMENT = 4096;

  /** Windows maps files at multiples of this; small tensors are read, not mapped. */
  private static final long LARGE_ALIGNMENT = 65_536;

  private static final long LARGE = 1 << 20;
  private static final int HASH_DIGITS = 32;
  private static final byte[] PADDING = new byte[(int) ALIGNMENT];

  private final OnnxModel model;
  private final Path directory;
  private final String baseName;
  private final ExternalDataOptions options;
  private final GraphProto.Builder graph;
  private final List<TensorData> data;
  private final Map<String, String> sums = new TreeMap<>();

  /** Writes the elements of one tensor. */
  private interface Elements {
    void writeTo(OutputStream out) throws IOException;
  }

  /** A tensor that goes to a data file. */
  private record Move(int index, long length, Elements elements) {}

  ExternalDataWriter(OnnxModel model, Path target, ExternalDataOptions options) {
    this.model = model;
    this.directory = ExternalDataFiles.directoryOf(target);
    this.baseName = options.baseNameFor(target.getFileName().toString());
    this.options = options;
    this.graph = model.proto().getGraph().toBuilder();
    this.data = new ArrayList<>(model.data());
  }

  /** Writes the data files and returns the model that refers to them, to be saved last. */
  OnnxModel write() throws IOException {
    List<Move> moves = moves();
    if (options.isFilePerTensor()) {
      for (Move move : moves) {
        writeFile(List.of(move));
      }
    } else if (!moves.isEmpty()) {
      writeFile(moves);
    }
    return ModelManifest.withFileSums(
        model.with(model.proto().toBuilder().setGraph(graph).build(), data, directory), sums);
  }

  private List<Move> moves() throws IOException {
    List<Move> moves = new ArrayList<>();
    boolean beside = model.directory() != null && Files.isSameFile(model.directory(), directory);
    ShapeTensors shapes = new ShapeTensors(model.proto().getGraph());
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto tensor = graph.getInitializer(i);
      ExternalTensor external = ExternalTensor.of(tensor);
      if (external.isExternal()) {
        ExternalRegion region = ExternalDataFiles.region(external, model.directory());
        if (beside && !options.copiesExisting()) {
          keep(external.place().location(), region.file());
        } else {
          moves.add(new Move(i, region.length(), region::writeTo));
        }
        continue;
      }
      TensorData apart = data.get(i);
      long length =
          apart == null
              ? TensorChecker.byteSize(tensor.getDataType(), tensor.getDimsList())
              : apart.byteSize();
      if (length >= options.threshold() && length > 0 && !shapes.contains(tensor)) {
        Elements elements =
            apart == null ? out -> bytes(tensor).writeTo(out) : apart::writeLittleEndian;
        moves.add(new Move(i, length, elements));
      }
    }
    return moves;
  }

  private static ByteString bytes(TensorProto tensor) {
    return StoredTensor.raw(tensor);
  }

  private void keep(String location, Path file) throws IOException {
    if (!sums.containsKey(location)) {
      sums.put(location, ModelManifest.sumOf(file));
    }
  }

  private void writeFile(List<Move> moves) throws IOException {
    MessageDigest digest = ModelManifest.newDigest();
    List<Long> offsets = new ArrayList<>();
    String[] sum = new String[1];
    Path file =
        AtomicFile.writeNamed(
            directory,
            out -> {
              Counted counted = new Counted(new DigestOutputStream(out, digest));
              for (Move move : moves) {
                offsets.add(align(counted, move.length()));
                long end = counted.written + move.length();
                move.elements().writeTo(counted);
                if (counted.written != end) {
                  throw new IllegalStateException(
                      "the data of initializer '"
                          + graph.getInitializer(move.index()).getName()
                          + "' is "
                          + (move.length() + counted.written - end)
                          + " bytes, expected "
                          + move.length());
                }
              }
              sum[0] = ModelManifest.hex(digest);
              return baseName + "." + sum[0].substring(0, HASH_DIGITS) + DataFiles.SUFFIX;
            });
    String location = file.getFileName().toString();
    sums.put(location, sum[0]);
    for (int m = 0; m < moves.size(); m++) {
      refer(moves.get(m), location, offsets.get(m));
    }
  }

  private static long align(Counted out, long length) throws IOException {
    long alignment = length >= LARGE ? LARGE_ALIGNMENT : ALIGNMENT;
    while (out.written % alignment != 0) {
      out.write(PADDING, 0, (int) (ALIGNMENT - out.written % ALIGNMENT));
    }
    return out.written;
  }

  private void refer(Move move, String location, long offset) {
    TensorProto.Builder tensor =
        graph.getInitializer(move.index()).toBuilder()
            .clearRawData()
            .clearFloatData()
            .clearInt32Data()
            .clearInt64Data()
            .clearDoubleData()
            .clearUint64Data()
            .clearExternalData()
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(pair("location", location))
            .addExternalData(pair("offset", Long.toString(offset)))
            .addExternalData(pair("length", Long.toString(move.length())));
    graph.setInitializer(move.index(), tensor);
    data.set(move.index(), null);
  }

  private static StringStringEntryProto pair(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static final class Counted extends FilterOutputStream {
    private long written;

    Counted(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      written++;
    }

    @Override
    public void write(byte[] piece, int offset, int length) throws IOException {
      out.write(piece, offset, length);
      written += length;
    }
  }
}
