package org.ortnce.onnx;

import java.util.List;
import java.util.Map;
import org.ortnce.onnx.proto.FunctionProto;
import org.ortnce.onnx.proto.NodeProto;

/**
 * What a node of a model that was read brings besides its inputs and outputs.
 *
 * @param proto the node as it was
 * @param captured what its subgraphs read from around it, by the names they have for it
 * @param ranges the operator sets that suit it, its subgraphs and its functions
 * @param functions the functions of its model that it needs
 * @param irVersion the format of its model
 */
record ImportedNode(
    NodeProto proto,
    Map<String, Value> captured,
    List<OpsetRange> ranges,
    List<FunctionProto> functions,
    long irVersion) {}
