/**
 * Tensors in host memory and the .npy and .npz files that hold them. Knows nothing of ONNX or ONNX
 * Runtime; the graph builder and the sessions both speak in these tensors.
 */
package org.ortnce.tensor;
