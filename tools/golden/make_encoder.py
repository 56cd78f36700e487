"""Exports small encoders by PyTorch and records the losses PyTorch computes on them: models/encoders.

    python tools/golden/make_encoder.py [OUTPUT]

Needs torch, numpy, onnx and onnxscript (of torch's newer exporter); models/encoders/README.md describes the files. Everything is seeded: a run with the same
versions gives the same files, but for PyTorch's rounding on another CPU.
"""

import pathlib
import shutil
import sys
import warnings

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional

WORDS, DIM, CLASSES = 300, 24, 500
BATCH, LENGTH, NUM_TRUE, NUM_SAMPLED = 7, 11, 2, 40


class Transformer(nn.Module):
    """Pre-norm self-attention with a mask, pooled over the words that are no padding."""

    def __init__(self, heads=3, layers=2, longest=16):
        super().__init__()
        self.words = nn.Embedding(WORDS, DIM)
        self.places = nn.Parameter(torch.randn(longest, DIM) * 0.1)
        self.heads = heads
        self.blocks = nn.ModuleList(
            nn.ModuleDict({
                "norm": nn.LayerNorm(DIM), "qkv": nn.Linear(DIM, 3 * DIM), "out": nn.Linear(DIM, DIM),
                "norm2": nn.LayerNorm(DIM), "wide": nn.Linear(DIM, 2 * DIM), "narrow": nn.Linear(2 * DIM, DIM),
            }) for _ in range(layers))
        self.last = nn.LayerNorm(DIM)

    def forward(self, input_ids, attention_mask):
        x = self.words(input_ids) + self.places[:input_ids.shape[1]]
        keep = attention_mask.to(x.dtype)
        for block in self.blocks:
            x = x + self.attention(block, block["norm"](x), keep)
            x = x + block["narrow"](functional.gelu(block["wide"](block["norm2"](x))))
        words = self.last(x)
        pooled = (words * keep[:, :, None]).sum(1) / keep.sum(1, keepdim=True)
        return pooled, words

    def attention(self, block, x, keep):
        batch, length, dim = x.shape
        parts = block["qkv"](x).reshape(batch, length, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = parts[0], parts[1], parts[2]
        scores = query @ key.transpose(-1, -2) / (dim // self.heads) ** 0.5
        scores = scores + (1 - keep)[:, None, None, :] * -1e4
        mixed = (scores.softmax(-1) @ value).transpose(1, 2).reshape(batch, length, dim)
        return block["out"](mixed)


class Recurrent(nn.Module):
    """An LSTM whose last state is projected; its classifier is what the export was made for."""

    def __init__(self, units=32):
        super().__init__()
        self.words = nn.Embedding(WORDS, DIM)
        self.lstm = nn.LSTM(DIM, units, batch_first=True)
        self.project = nn.Linear(units, DIM)
        self.classifier = nn.Linear(DIM, 3)

    def forward(self, x):
        _, (state, _) = self.lstm(self.words(x))
        hidden = torch.tanh(self.project(state[0]))
        return self.classifier(hidden), hidden


def nce_loss(hidden, weights, biases, labels, sample):
    """tf.nn.nce_loss in PyTorch: sigmoid cross entropy of true and sampled logits, each minus its log expected count."""
    candidates, true_count, sampled_count = sample
    true = (hidden[:, None, :] * weights[labels]).sum(-1) + biases[labels] - true_count.log()
    sampled = hidden @ weights[candidates].T + biases[candidates] - sampled_count.log()
    entropy = functional.binary_cross_entropy_with_logits
    return (entropy(true, torch.full_like(true, 1 / NUM_TRUE), reduction="none").sum(1)
            + entropy(sampled, torch.zeros_like(sampled), reduction="none").sum(1))


def evaluation_loss(logits, labels):
    """Sigmoid cross entropy over all classes, 1 / NUM_TRUE as the target of each label."""
    targets = torch.zeros_like(logits).scatter_add_(1, labels, torch.full_like(labels, 1 / NUM_TRUE, dtype=logits.dtype))
    return functional.binary_cross_entropy_with_logits(logits, targets, reduction="none").sum(1)


def draw(rng, labels):
    """Log-uniform candidates and what they are expected to be, as given values."""
    probability = lambda ids: np.log1p(1 / (ids + 1.0)) / np.log1p(CLASSES)
    chances = probability(np.arange(CLASSES))
    candidates = rng.choice(CLASSES, NUM_SAMPLED, replace=False, p=chances / chances.sum())
    expected = lambda ids: torch.tensor(-np.expm1(NUM_SAMPLED * np.log1p(-probability(ids))), dtype=torch.float32)
    return torch.tensor(candidates), expected(labels.numpy()), expected(candidates)


def write_set(folder, inputs, outputs):
    folder.mkdir(parents=True)
    for kind, tensors in (("input", inputs), ("output", outputs)):
        for number, (name, tensor) in enumerate(tensors):
            proto = numpy_helper.from_array(tensor.detach().numpy(), name)
            (folder / f"{kind}_{number}.pb").write_bytes(proto.SerializeToString())


def export_dynamo(file, module, inputs, input_names, output_names, opset):
    """By the exporter that goes through torch.export."""
    batch, length = torch.export.Dim("n"), torch.export.Dim("length", max=16)
    shapes = {name: {0: batch, 1: length} for name in input_names}
    program = torch.onnx.export(module, inputs, dynamo=True, verbose=False, opset_version=opset,
                                input_names=input_names, output_names=output_names, dynamic_shapes=shapes)
    program.save(file)


def export_torchscript(file, module, inputs, input_names, output_names, opset):
    axes = {name: {0: "n", 1: "length"} for name in input_names}
    axes |= {name: {0: "n"} for name in output_names}
    if "words" in output_names:
        axes["words"][1] = "length"
    torch.onnx.export(module, inputs, file, opset_version=opset, dynamo=False,
                      input_names=input_names, output_names=output_names, dynamic_axes=axes)


def export(folder, dynamo, *arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (export_dynamo if dynamo else export_torchscript)(folder / "encoder.onnx", *arguments)
    model = onnx.load(folder / "encoder.onnx")
    for node in model.graph.node:
        # Where in which Python file a node comes from.
        node.ClearField("doc_string")
        node.ClearField("metadata_props")
    onnx.checker.check_model(model, full_check=True)
    onnx.save_model(model, folder / "encoder.onnx")
    onnx.save_model(model, folder / "encoder_external.onnx", save_as_external_data=True, all_tensors_to_one_file=True,
                    location="encoder_external.data", size_threshold=256)


def make(root, name, module, inputs, input_names, output_names, opset, hidden_at, dynamo=False):
    folder = root / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    module.eval()
    export(folder, dynamo, module, inputs, input_names, output_names, opset)
    rng = np.random.default_rng(opset)
    weights = torch.tensor(rng.standard_normal((CLASSES, DIM)), dtype=torch.float32)
    biases = torch.tensor(rng.standard_normal(CLASSES), dtype=torch.float32)
    np.save(folder / "weights.npy", weights.numpy())
    np.save(folder / "biases.npy", biases.numpy())
    labels = torch.tensor(rng.integers(0, CLASSES, (BATCH, NUM_TRUE)))
    sample = draw(rng, labels)
    with torch.no_grad():
        hidden = module(*inputs)[hidden_at]
        logits = hidden @ weights.T + biases
        loss = nce_loss(hidden, weights, biases, labels, sample)
        evaluation = evaluation_loss(logits, labels)
    examples = list(zip(input_names, inputs))
    given = list(zip(("sampled_candidates", "true_expected_count", "sampled_expected_count"), sample))
    write_set(folder / "training_loss" / "test_data_set_0", [*examples, ("labels", labels), *given], [("loss", loss)])
    write_set(folder / "evaluation" / "test_data_set_0", [*examples, ("labels", labels)], [("loss", evaluation)])
    write_set(folder / "inference" / "test_data_set_0", examples, [("logits", logits)])


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2] / "models" / "encoders"
    torch.manual_seed(1)
    torch.set_num_threads(1)
    ids = torch.randint(0, WORDS, (BATCH, LENGTH))
    mask = (torch.arange(LENGTH)[None, :] < torch.randint(3, LENGTH + 1, (BATCH, 1))).long()
    make(root, "transformer_opset17", Transformer(), (ids, mask), ["input_ids", "attention_mask"],
         ["pooled", "words"], 17, 0)
    make(root, "lstm_opset20", Recurrent(), (ids,), ["x"], ["class_scores", "hidden"], 20, 1)
    make(root, "transformer_opset11", Transformer(layers=1), (ids, mask), ["input_ids", "attention_mask"],
         ["pooled", "words"], 11, 0)
    make(root, "transformer_dynamo_opset20", Transformer(layers=1), (ids, mask), ["input_ids", "attention_mask"],
         ["pooled", "words"], 20, 0, dynamo=True)


if __name__ == "__main__":
    main()
