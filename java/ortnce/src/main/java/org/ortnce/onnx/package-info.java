/**
 * A typed builder, reader and checker of ONNX models.
 *
 * <p>Graphs are made of {@link org.ortnce.onnx.Value}s. {@link org.ortnce.onnx.Ops} has the
 * standard operators, {@link org.ortnce.onnx.NodeBuilder} makes a node of any domain, and {@link
 * org.ortnce.onnx.ModelBuilder} gives names to inputs, initializers and outputs and assembles an
 * {@link org.ortnce.onnx.OnnxModel}. Types and shapes are inferred when an operator is called, so a
 * mistake is reported at the call that makes it. {@link org.ortnce.onnx.Gradients} and {@link
 * org.ortnce.onnx.ModelBuilder#withGradients} add the gradients of a loss. {@link
 * org.ortnce.onnx.ImportedModel} takes values of existing models into new graphs. Large tensors go
 * to external data files ({@link org.ortnce.onnx.ExternalDataOptions}), and what a model says of
 * such files is checked before any is opened ({@link org.ortnce.onnx.ModelHeader}). Knows tensors
 * and protobuf, not ONNX Runtime.
 */
package org.ortnce.onnx;
