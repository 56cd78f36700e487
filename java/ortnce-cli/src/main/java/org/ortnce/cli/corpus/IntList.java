package org.ortnce.cli.corpus;

import java.util.Arrays;

/** A growable array of ints: millions of ids without boxing. */
final class IntList {
  private int[] elements = new int[1024];
  private int size;

  void add(int element) {
    if (size == elements.length) {
      // Half as much again: at most a third of a full list is unused.
      elements = Arrays.copyOf(elements, Math.addExact(size, (size >> 1) + 1));
    }
    elements[size++] = element;
  }

  int get(int index) {
    if (index >= size) {
      throw new IndexOutOfBoundsException("index " + index + ", size " + size);
    }
    return elements[index];
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  /** A fresh array of exactly the elements added. */
  int[] toArray() {
    return Arrays.copyOf(elements, size);
  }
}
