"""ONNX Runtime: its own operators, as few and as large as they can be, and ours."""

import numpy as np
from onnx import helper

from side_by_side import FLOAT, INT64, BoundSession, node

GRADIENTS = {"loss": FLOAT, "inputs_grad": FLOAT, "class_ids": INT64, "weights_grad": FLOAT}


def _constants(case):
    values = {"one": (INT64, [1], [1]), "two": (INT64, [1], [2]), "flat": (INT64, [1], [-1]),
              "share": (FLOAT, [], [1 / case.num_true]), "row": (INT64, [2], [-1, case.dim])}
    return [helper.make_node("Constant", [], [name], value=helper.make_tensor(name, *value))
            for name, value in values.items()]


def _loss_nodes():
    return [node("Gather", "weights sampled_candidates", "sampled_rows"),
            node("Gather", "biases sampled_candidates", "sampled_biases"),
            node("Log", "sampled_expected_count", "sampled_logs"),
            node("Sub", "sampled_biases sampled_logs", "sampled_offsets"),
            node("Gemm", "inputs sampled_rows sampled_offsets", "v", transB=1),
            node("Gather", "weights labels", "true_rows"),
            node("Unsqueeze", "inputs one", "inputs_1"),
            node("Mul", "true_rows inputs_1", "products"),
            node("ReduceSum", "products two", "dots", keepdims=0),
            node("Gather", "biases labels", "true_biases"),
            node("Log", "true_expected_count", "true_logs"),
            node("Sub", "true_biases true_logs", "true_offsets"),
            node("Add", "dots true_offsets", "u"),
            node("Softplus", "u", "u_softplus"),
            node("Mul", "u share", "u_share"),
            node("Sub", "u_softplus u_share", "u_terms"),
            node("ReduceSum", "u_terms one", "true_loss", keepdims=0),
            node("Softplus", "v", "v_softplus"),
            node("ReduceSum", "v_softplus one", "sampled_loss", keepdims=0),
            node("Add", "true_loss sampled_loss", "loss")]


def _gradient_nodes():
    return [node("Sigmoid", "v", "v_grad"),
            node("Sigmoid", "u", "u_sigmoid"),
            node("Sub", "u_sigmoid share", "u_grad"),
            node("Unsqueeze", "u_grad two", "u_grad_1"),
            node("Mul", "u_grad_1 true_rows", "true_parts"),
            node("ReduceSum", "true_parts one", "true_part", keepdims=0),
            node("Gemm", "v_grad sampled_rows true_part", "inputs_grad"),
            node("Gemm", "v_grad inputs", "sampled_grad", transA=1),
            node("Mul", "u_grad_1 inputs_1", "true_grads"),
            node("Reshape", "true_grads row", "true_grad"),
            node("Concat", "true_grad sampled_grad", "weights_grad", axis=0),
            node("Reshape", "labels flat", "flat_labels"),
            node("Concat", "flat_labels sampled_candidates", "class_ids", axis=0)]


def loss(case, threads):
    return BoundSession(_constants(case) + _loss_nodes(), case.feeds, {"loss": FLOAT}, threads)


def gradient(case, threads):
    return BoundSession(_constants(case) + _loss_nodes() + _gradient_nodes(), case.feeds, GRADIENTS, threads)


def our_loss(case, threads, library):
    nodes = [node("org.ortnce:NceLoss", "inputs labels biases sampled_candidates true_expected_count "
                  "sampled_expected_count - weights", "loss", num_true=case.num_true)]
    return BoundSession(nodes, case.feeds, {"loss": FLOAT}, threads, library)


def our_gradient(case, threads, library):
    nodes = [node("org.ortnce:NceLossGrad", "loss_grad inputs labels biases sampled_candidates true_expected_count "
                  "sampled_expected_count weights", "inputs_grad class_ids weights_grad biases_grad loss",
                  num_true=case.num_true)]
    feeds = {**case.feeds, "loss_grad": np.ones(case.batch, np.float32)}
    return BoundSession(nodes, feeds, {**GRADIENTS, "biases_grad": FLOAT}, threads, library)
