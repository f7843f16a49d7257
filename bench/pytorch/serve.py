"""MCoRe in PyTorch, or its backbone in ONNX Runtime, as a program of `mcore bench`: reads requests and writes answers, one JSON object a line.

    python bench/pytorch/serve.py eager|original|compiled|onnxruntime [--threads N]

The model is goldens/mcore_reference.py, our own writing of the method; no line of the released code is in it.

eager       modules as they are, NCHW; scoring makes one backbone pass, exemplars' features are there
original    the same modules, scoring by the released code's procedure: query and exemplar go through the backbone for every exemplar
compiled    channels_last and torch.compile; scoring as in eager
onnxruntime backbone, segmenter and regressor exported by @mcore/onnx-export; scoring as in eager
"""

import argparse
import json
import platform
import resource
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "goldens"))
from mcore_reference import DEVIATION, MEAN, MCoRe, Sizes, adam, fix_batch_norm  # noqa: E402


def sizes_of(config):
    backbone, regressor = config["backbone"], config["regressor"]
    return Sizes(
        frames=config["input"]["frames"],
        backbone=(backbone["stemWidth"], tuple(backbone["widths"]), tuple(backbone["depths"])),
        hidden=config["segmenter"]["hiddenSize"],
        blocks=regressor["blocks"],
        heads=regressor["heads"],
        mlp_ratio=regressor["mlpRatio"],
        layers=list(regressor["hidden"]),
        steps=config["stepsPerStage"],
        transitions=config["stages"] - 1,
    )


def windowed(logits):
    """Transition k is the arg max of its own window of frames; 0 counts as 1 where stages are cut."""
    count = logits.shape[1]
    length = logits.shape[0] // count
    found = [k * length + int(np.argmax(logits[k * length : (k + 1) * length, k])) for k in range(count)]
    return [max(1, t) for t in found]


class PyTorch:
    def __init__(self, mode, weights, config, inputs):
        self.mode, self.config = mode, config
        self.model = MCoRe(sizes_of(config))
        state = {name: value for name, value in load_file(weights).items() if not name.startswith("optimizer.")}
        missing, extra = self.model.load_state_dict(state, strict=False)
        wrong = [name for name in missing if not name.endswith("num_batches_tracked")] + extra
        if wrong:
            raise ValueError(f"serve.py: expected the weights of the configuration, got {wrong[:5]} missing or extra.")
        fix_batch_norm(self.model)
        if mode == "compiled":
            for module in self.model.modules():
                if isinstance(module, torch.nn.Conv2d):
                    module.to(memory_format=torch.channels_last)
            self.model.base_model.compile(dynamic=False)
            self.model.decoder.compile(dynamic=False)
        else:
            # frames lie NHWC, which would pass for channels_last; the released code's are NCHW
            self.model.base_model._features.register_forward_pre_hook(lambda module, given: (given[0].contiguous(),))
        self.queries, self.exemplars = [inputs[name] for name in ("queries", "exemplars")]
        self.scores = inputs["scores"].tolist()
        self.transitions = inputs["transitions"].tolist()
        self.sequence = inputs["sequence"]

    def features(self, frames):
        return self.model.base_model(frames.float())

    def describe(self, frames):
        features = self.features(frames)
        logits = self.model.psnet_model(features)
        return self.model.stages(features, [windowed(one) for one in logits.numpy()])

    # every method below makes one piece of work ready and gives a function that does it and returns a number to compare

    def score(self):
        self.model.eval()
        exemplars = self.exemplars
        if self.mode != "original":
            with torch.no_grad():
                bank = torch.cat([self.describe(clip[None]) for clip in exemplars])

        def original(query):
            total = 0.0
            for clip, score in zip(exemplars, self.scores):
                q, e = self.describe(torch.stack([query, clip])).chunk(2)
                total += score + float(self.model.relative_score(q, e))
            return total / len(exemplars)

        def once(query):
            stages = self.describe(query[None]).expand(len(exemplars), -1, -1, -1)
            return float(np.mean(np.add(self.scores[: len(exemplars)], self.model.relative_score(stages, bank).numpy())))

        def run():
            with torch.no_grad():
                return float(np.mean([(original if self.mode == "original" else once)(query) for query in self.queries]))

        return run

    def train(self):
        optimiser = adam(self.model)
        count = len(self.queries)
        own, other = self.transitions[:count], self.transitions[count : 2 * count]
        differ = [torch.tensor(self.scores[first : first + count]) for first in (len(self.exemplars), 0)]
        start = {name: value.clone() for name, value in self.model.state_dict().items()}

        def run():
            # every run is the first step, so that its loss can be compared
            optimiser.zero_grad()
            parts = self.model.losses((self.queries.float(), own, differ[0]), (self.exemplars[:count].float(), other, differ[1]), "released")
            loss = sum(parts)
            loss.backward()
            optimiser.step()
            return float(loss)

        def reset():
            self.model.load_state_dict(start)

        run.reset = reset
        return run

    def forward(self):
        self.model.eval()

        def run():
            with torch.no_grad():
                return float(self.features(self.queries[:1]).abs().mean())

        return run

    def gradient(self):
        parameters = list(self.model.base_model.parameters())

        def run():
            gradients = torch.autograd.grad(self.features(self.queries).square().mean(), parameters)
            return float(torch.stack([g.norm() for g in gradients]).norm())

        return run

    def gru(self):
        gru = self.model.psnet_model._pred_fine._gru
        parameters = list(gru.parameters())
        x = self.sequence.clone().requires_grad_()

        def run():
            gradients = torch.autograd.grad(gru(x)[0].square().mean(), [x, *parameters])
            return float(torch.stack([g.norm() for g in gradients]).norm())

        return run


class OnnxRuntime:
    def __init__(self, folder, threads, inputs, config):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = lambda name: onnxruntime.InferenceSession(f"{folder}/{name}.onnx", options, providers=["CPUExecutionProvider"])
        self.backbone, self.segmenter, self.regressor = [session(name) for name in ("backbone", "segmenter", "regressor")]
        self.queries, self.exemplars = [inputs[name].numpy() for name in ("queries", "exemplars")]
        self.scores = inputs["scores"].tolist()
        self.sizes = SimpleNamespace(sizes=sizes_of(config))

    def features(self, frames):
        x = (frames.astype(np.float32) / 255 - np.float32(MEAN)) / np.float32(DEVIATION)
        return self.backbone.run(None, {"frames": x})[0]

    def describe(self, frames):
        features = self.features(frames)
        logits = self.segmenter.run(None, {"features": features})[0]
        return MCoRe.stages(self.sizes, torch.from_numpy(features), [windowed(one) for one in logits]).numpy()

    def score(self):
        bank = np.concatenate([self.describe(clip[None]) for clip in self.exemplars])

        def once(query):
            relative = self.regressor.run(["relative_score"], {"query": self.describe(query[None]), "exemplar": bank})[0]
            return float(np.mean(np.add(self.scores[: len(bank)], relative)))

        return lambda: float(np.mean([once(query) for query in self.queries]))

    def forward(self):
        return lambda: float(np.abs(self.features(self.queries[:1])).mean())


def peak_megabytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if platform.system() == "Darwin" else 2**10)


def load(arguments, request):
    torch.set_num_threads(arguments.threads)
    inputs = load_file(request["inputs"])
    with safe_open(request["weights"], "pt") as file:
        config = json.loads(file.metadata()["config"])
    config["input"]["frames"] = inputs["queries"].shape[1]
    if arguments.mode == "onnxruntime":
        import onnxruntime

        program = OnnxRuntime(request["onnx"], arguments.threads, inputs, config)
        versions = f"onnxruntime {onnxruntime.__version__}"
    else:
        program = PyTorch(arguments.mode, request["weights"], config, inputs)
        versions = f"torch {torch.__version__.split('+')[0]}"
    work = getattr(program, request["work"], None)
    if work is None:
        return None, {"unsupported": f"{arguments.mode} has no {request['work']}"}
    return work(), {"description": f"{versions}, Python {platform.python_version()}, {arguments.threads} threads"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["eager", "original", "compiled", "onnxruntime"])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    # libraries print; answers alone may reach the orchestrator
    answers, sys.stdout = sys.stdout, sys.stderr
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["method"] == "load":
                run, result = load(arguments, request["argument"])
            else:
                times, value = [], None
                for _ in range(request["argument"]["repeats"]):
                    getattr(run, "reset", lambda: None)()
                    start = time.perf_counter()
                    value = run()
                    times.append((time.perf_counter() - start) * 1000)
                result = {"milliseconds": times, "value": value, "peakMegabytes": peak_megabytes()}
            answer = {"id": request["id"], "result": result}
        except Exception as error:
            answer = {"id": request["id"], "error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


main()
