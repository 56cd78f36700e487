package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.ortnce.onnx.proto.OperatorSetIdProto;

/** The operator set versions a model imports: the lowest that have all its nodes. */
final class Opsets {
  /** The version of ONNX's own domain that {@link Ops} writes; every model imports at least it. */
  static final int BASE = 17;

  /** The lowest IR version that has model-local functions. */
  private static final int BASE_IR = 8;

  private long irVersion = BASE_IR;
  private final Map<String, OpsetRange> highest = new TreeMap<>();
  private final Map<String, OpsetRange> bounded = new TreeMap<>();

  /**
   * Adds a node and what is in it.
   *
   * @throws IllegalStateException if no version has both this node and those added before
   */
  void add(Node node) {
    node.opsetRanges().forEach(this::add);
    irVersion = Math.max(irVersion, node.irVersion());
  }

  private void add(OpsetRange range) {
    String domain = range.domain();
    highest.merge(domain, range, (a, b) -> b.since() > a.since() ? b : a);
    bounded.merge(domain, range, (a, b) -> b.until() < a.until() ? b : a);
    OpsetRange last = bounded.get(domain);
    if (version(domain) > last.until()) {
      OpsetRange first = highest.get(domain);
      throw new IllegalStateException(
          "no operator set of domain '"
              + domain
              + "' has all nodes of the model: "
              + last.node()
              + " is valid up to version "
              + last.until()
              + ", "
              + (first.since() < version(domain) ? "ours need" : first.node() + " needs")
              + " version "
              + version(domain));
    }
  }

  /** The version that the model imports of a domain. */
  long version(String domain) {
    OpsetRange range = highest.get(domain);
    long since = range == null ? 1 : range.since();
    return domain.isEmpty() ? Math.max(BASE, since) : since;
  }

  /** The import of every domain that was added, and ONNX's own. */
  List<OperatorSetIdProto> imports() {
    return imports(highest.keySet());
  }

  /** The imports of these domains and ONNX's own, at the versions of the whole model. */
  List<OperatorSetIdProto> imports(Set<String> domains) {
    Set<String> sorted = new TreeSet<>(domains);
    sorted.add("");
    List<OperatorSetIdProto> imports = new ArrayList<>();
    for (String domain : sorted) {
      imports.add(
          OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version(domain)).build());
    }
    return imports;
  }

  /** The IR version to write: the lowest that goes with the imported version of ONNX's domain. */
  long irVersion() {
    return Math.max(irVersion, irVersionOf(version("")));
  }

  /** The IR version of the ONNX release that introduced a version of ONNX's own operator set. */
  static int irVersionOf(long opset) {
    if (opset <= 8) {
      return 3;
    }
    long[] lastOpsetOfIr = {9, 10, 11, 14, 18, 20, 22, 23, 24, 27};
    for (int i = 0; i < lastOpsetOfIr.length; i++) {
      if (opset <= lastOpsetOfIr[i]) {
        return 4 + i;
      }
    }
    return 4 + lastOpsetOfIr.length;
  }
}
