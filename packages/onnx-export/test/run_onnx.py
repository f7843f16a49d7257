"""Runs an ONNX file in onnxruntime: python run_onnx.py MODEL.onnx INPUTS.safetensors OUTPUTS.safetensors

Checks the file with the onnx package first, inferring all shapes strictly, and prints what it says of itself as JSON.
"""

import json
import sys

import onnx
import onnxruntime
from safetensors.numpy import load_file, save_file

model_path, inputs_path, outputs_path = sys.argv[1:]
onnx.checker.check_model(model_path, full_check=True)
session = onnxruntime.InferenceSession(model_path, providers=["CPUExecutionProvider"])
names = [output.name for output in session.get_outputs()]
save_file(dict(zip(names, session.run(names, load_file(inputs_path)))), outputs_path)
model = onnx.load(model_path)
print(
    json.dumps(
        {
            "opset": model.opset_import[0].version,
            "inputs": {value.name: value.shape for value in session.get_inputs()},
            "outputs": {value.name: value.shape for value in session.get_outputs()},
            "metadata": session.get_modelmeta().custom_metadata_map,
        }
    )
)
