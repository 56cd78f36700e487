package org.ortnce.onnx;

/**
 * The operator set versions of a domain in which a node means what it says.
 *
 * @param domain the domain; "" is ONNX's own
 * @param node the operator, for messages
 * @param since the first version
 * @param until the last version
 */
record OpsetRange(String domain, String node, long since, long until) {}
