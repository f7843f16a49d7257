"""The fixture of packages/onnx-export: python goldens/onnx-export.py

A small graph with every kind of attribute and tensor, as the onnx package itself writes it.
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OUT = pathlib.Path(__file__).parent.parent / "packages/onnx-export/src/__fixtures__/small.onnx"


def value(name, shape, about):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape, doc_string=about)


nodes = [
    helper.make_node("LayerNormalization", ["x", "w"], ["normal"], name="normal", axis=-1, epsilon=1e-5),
    helper.make_node("GRU", ["normal", "", "shape"], ["y", "last"], name="y", direction="bidirectional"),
    helper.make_node("Conv", ["y", "w"], ["out"], name="out", pads=[0, 1, 300, -1]),
]
tensors = [
    numpy_helper.from_array(np.array([[0.5, -2.0, 1e-3]], dtype=np.float32), "w"),
    numpy_helper.from_array(np.array([-1, 2**40], dtype=np.int64), "shape"),
    numpy_helper.from_array(np.array(0.25, dtype=np.float32), "scalar"),
]
inputs, outputs = [value("x", ["batch", 3], "what comes in")], [value("out", ["batch", 300], "what goes out")]
graph = helper.make_graph(nodes, "small", inputs, outputs, tensors, doc_string="A graph f\u00fcr tests")
model = helper.make_model(graph, producer_name="@mcore/onnx-export", opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
# helper says "" as domain outright; leaving it out means the same
model.opset_import[0].ClearField("domain")
helper.set_model_props(model, {"versions": f"onnx {onnx.__version__}"})
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_bytes(model.SerializeToString(deterministic=True))
print(OUT.stat().st_size)
