package org.ortnce.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A part of a source. */
final class ExampleRange implements ExampleSource {
  private final ExampleSource source;
  private final long from;
  private final long to;

  ExampleRange(ExampleSource source, long from, long to) {
    if (from < 0 || to < from || to > source.size()) {
      throw new IllegalArgumentException(
          "range [" + from + ", " + to + ") is not within [0, " + source.size() + ")");
    }
    this.source = source;
    this.from = from;
    this.to = to;
  }

  @Override
  public List<ExampleColumn> columns() {
    return source.columns();
  }

  @Override
  public long size() {
    return to - from;
  }

  @Override
  public void read(int column, long first, ByteBuffer target) throws IOException {
    ExampleRows.check(columns().get(column), size(), first, target);
    source.read(column, from + first, target);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
