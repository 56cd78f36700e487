package org.ortnce.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.NpyFile;

/**
 * Examples in .npy files, one of shape [examples, row...] per column, of any size: blocks are read
 * where they are needed, nothing is mapped or loaded whole.
 */
public final class NpyExamples implements ExampleSource {
  /** Elements that are widened at a time. */
  private static final int WIDENED = 4096;

  private final List<ExampleColumn> columns;
  private final List<NpyFile> files;
  private final ByteBuffer narrow =
      ByteBuffer.allocateDirect(WIDENED * Integer.BYTES).order(ByteOrder.nativeOrder());

  private NpyExamples(List<ExampleColumn> columns, List<NpyFile> files) {
    this.columns = List.copyOf(columns);
    this.files = List.copyOf(files);
  }

  /** A builder without columns. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public List<ExampleColumn> columns() {
    return columns;
  }

  @Override
  public long size() {
    return files.get(0).rows();
  }

  @Override
  public void read(int column, long first, ByteBuffer target) throws IOException {
    ExampleColumn wanted = columns.get(column);
    NpyFile file = files.get(column);
    ExampleRows.check(wanted, size(), first, target);
    if (wanted.elementType() == file.elementType()) {
      file.read(first, target);
    } else {
      readWidened(file, first, target);
    }
  }

  /** int32 in the file, int64 in {@code target}; rows of more than a block are read one by one. */
  private void readWidened(NpyFile file, long first, ByteBuffer target) throws IOException {
    int rowBytes = Math.toIntExact(file.rowBytes());
    ByteBuffer ints =
        rowBytes <= narrow.capacity()
            ? narrow
            : ByteBuffer.allocateDirect(rowBytes).order(ByteOrder.nativeOrder());
    long at = first;
    while (target.hasRemaining()) {
      int rows = Math.min(ints.capacity() / rowBytes, target.remaining() / 2 / rowBytes);
      ints.clear().limit(rows * rowBytes);
      file.read(at, ints);
      ints.flip();
      ByteBuffer longs = target.slice().order(ByteOrder.nativeOrder());
      while (ints.hasRemaining()) {
        longs.putLong(ints.getInt());
      }
      target.position(target.position() + longs.position());
      at += rows;
    }
  }

  @Override
  public void close() throws IOException {
    closeAll(files);
  }

  private static void closeAll(List<NpyFile> files) throws IOException {
    IOException failure = null;
    for (NpyFile file : files) {
      try {
        file.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Names the files of a source. */
  public static final class Builder {
    private final Map<String, Spec> specs = new LinkedHashMap<>();

    private Builder() {}

    /** A column of any type, as the file has it. */
    public Builder column(String name, Path file) {
      return add(name, file, null, null);
    }

    /** A column of float features, float [examples, row...]. */
    public Builder floats(String name, Path file) {
      return add(name, file, ElementType.FLOAT, null);
    }

    /** A column of ids or labels: int64, or int32, which is widened to int64. */
    public Builder ids(String name, Path file) {
      return add(name, file, ElementType.INT64, null);
    }

    /**
     * As {@link #ids(String, Path)} with rows of another shape of as many elements: (1) makes
     * labels [batch, 1] of a file of shape [examples].
     */
    public Builder ids(String name, Path file, List<Long> rowShape) {
      return add(name, file, ElementType.INT64, List.copyOf(rowShape));
    }

    private Builder add(String name, Path file, ElementType type, List<Long> rowShape) {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(file, "file");
      if (specs.put(name, new Spec(name, file, type, rowShape)) != null) {
        throw new IllegalArgumentException("there are two columns '" + name + "'");
      }
      return this;
    }

    /**
     * Opens the files.
     *
     * @throws IOException naming the file if one cannot be read, is malformed, in Fortran order, of
     *     another type than its column, or of another number of rows than the first
     */
    public NpyExamples open() throws IOException {
      if (specs.isEmpty()) {
        throw new IllegalStateException("there are no columns");
      }
      List<ExampleColumn> columns = new ArrayList<>();
      List<NpyFile> files = new ArrayList<>();
      try {
        for (Spec spec : specs.values()) {
          NpyFile file = NpyFile.open(spec.file());
          files.add(file);
          columns.add(spec.column(file));
          if (file.rows() != files.get(0).rows()) {
            throw new IOException(
                file
                    + ": has "
                    + file.rows()
                    + " rows, expected the "
                    + files.get(0).rows()
                    + " of "
                    + files.get(0));
          }
        }
        return new NpyExamples(columns, files);
      } catch (IOException | RuntimeException e) {
        closeAll(files);
        throw e;
      }
    }
  }

  /** What a builder was told of a column; type and row shape null for those of the file. */
  private record Spec(String name, Path file, ElementType type, List<Long> rowShape) {
    ExampleColumn column(NpyFile found) throws IOException {
      ElementType seen = found.elementType();
      boolean widened = type == ElementType.INT64 && seen == ElementType.INT32;
      if (type != null && seen != type && !widened) {
        throw new IOException(
            found
                + ": column '"
                + name
                + "' is "
                + type.onnxName()
                + (type == ElementType.INT64 ? " or int32" : "")
                + ", not "
                + seen.onnxName());
      }
      ExampleColumn column = ExampleColumn.of(name, type == null ? seen : type, found.shape());
      return rowShape == null ? column : ExampleRows.reshaped(column, rowShape);
    }
  }
}
