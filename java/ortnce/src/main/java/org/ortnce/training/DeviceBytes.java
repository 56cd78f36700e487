package org.ortnce.training;

/**
 * What a step moves between the host and the device that computes its gradients, over PCIe: the
 * bytes of the tensors that its session is given and of those taken from it. A session on the
 * processor gets the same tensors, in place.
 *
 * @param toDevice activations, labels, candidates, expected counts, rows of the touched classes and
 *     a dense layer
 * @param fromDevice the loss and the gradients by these
 */
public record DeviceBytes(long toDevice, long fromDevice) {

  /** Both ways. */
  public long total() {
    return toDevice + fromDevice;
  }

  /** Of several steps. */
  public DeviceBytes plus(DeviceBytes other) {
    return new DeviceBytes(toDevice + other.toDevice, fromDevice + other.fromDevice);
  }
}
