package org.ortnce.training;

/** A loss or gradient became NaN or infinite. The parameters are those before that step. */
public final class NonFiniteLossException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  NonFiniteLossException(String message) {
    super(message);
  }
}
