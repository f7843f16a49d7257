"""Pickles in the form of FineDiving's official ones (protocol 3, numpy arrays, numpy 1's module names), over made-up clips and over some of
the official annotations, and what their transitions must come to, by the rule of the per-frame labels.

Run from the root of the repository: python goldens/finediving-loader.py OFFICIAL_LABELS.json
(the file that packages/finediving-loader/scripts/convert-labels.mjs takes)
"""

import json
import pathlib
import pickle
import sys

import numpy

FIXTURES = pathlib.Path(__file__).parent.parent / "packages/finediving-loader/src/__fixtures__"
COUNT = 96

# sub-actions: Forward 1, Inward 4, 2.5 Soms.Pike 12, 3.5 Soms.Tuck 22, 1.5 Twists 32, 2 Twists 33, Entry 37
CLIPS = {
    # key: dive number, score, difficulty, first frame, runs of (sub-action, frames)
    ("01", 1): ("407C", 81.6, 3.2, 0, [(4, 3), (22, 4), (37, 3)]),
    ("01", 2): ("5154B", 70.05, 3.4, 120, [(1, 3), (12, 2), (33, 3), (12, 2), (37, 2)]),
    ("Cup_Men3m_final_r1", 0): ("5253B", 88.4, 3.4, 489, [(2, 2), (32, 3), (12, 4), (37, 3)]),
    ("Cup_Men3m_final_r1", 11): ("107B", 55.0, 3.1, 14425, [(1, 6), (37, 2)]),
    ("Cup_Men3m_final_r2", 0): ("407C", 90.1, 3.4, 77, [(4, 4), (22, 5), (37, 2)]),
    ("26", 5): ("101B", 30.0, 1.5, 5, [(1, 8)]),
}
TEST = [("01", 2), ("Cup_Men3m_final_r2", 0)]

# official clips: those that an earlier conversion got wrong, labels that come back, no entry, misprinted awards, other difficulty
OFFICIAL = [
    "01__121", "03__24", "04__72", "07__20", "26__68", "03__67", "03__71", "14__3", "17__164", "17__38", "05__12", "04__49",
    "FINAWorldChampionships2019_Women3m_final_r3__1", "FINADivingWorldCup2021_Men3mSynchronised_final_r4__9", "06__36", "01__10",
]


def save(folder, name, value):
    data = pickle.dumps(value, protocol=3)
    # numpy 2 calls the module numpy._core; the official files were written by numpy 1
    data = data.replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")
    (folder / name).write_bytes(data)


def transitions(labels):
    """first frame of the second distinct label, first frame of the last one"""
    firsts = sorted(labels.index(label) for label in set(labels))
    return [firsts[1], firsts[-1]] if len(firsts) > 1 else None


def official(path):
    """pickles of some official annotations; per-frame labels from their runs"""
    fine, coarse, expected = {}, {}, {}
    clips = json.loads(pathlib.Path(path).read_text())["clips"]
    for name in OFFICIAL:
        score, difficulty, awards, runs, frames, (start, end) = clips[name]
        competition, dive = name.rsplit("__", 1)
        ends = [first for _, first in runs[1:]] + [frames]
        labels = [label for (label, first), last in zip(runs, ends) for _ in range(last - first)]
        key = (competition, int(dive))
        fine[key] = ["407C", score, difficulty, numpy.array([float(first) for _, first in runs[1:]]), numpy.array(labels)]
        coarse[key] = {"action_type": "407C", "start_frame": start, "end_frame": end, "dive_score": score, "judge_scores": awards}
        expected[name] = transitions(labels)
    folder = FIXTURES / "official-pickles" / "Annotations"
    folder.mkdir(parents=True, exist_ok=True)
    save(folder, "fine-grained_annotation_aqa.pkl", fine)
    save(folder, "FineDiving_coarse_annotation.pkl", coarse)
    save(folder, "train_split.pkl", list(fine))
    save(folder, "test_split.pkl", [])
    return expected


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    lists, dicts, coarse, expected = {}, {}, {}, {}
    for key, (number, score, difficulty, start, runs) in CLIPS.items():
        labels = [label for label, frames in runs for _ in range(frames)]
        steps = numpy.cumsum([frames for _, frames in runs])[:-1]
        if key == ("Cup_Men3m_final_r2", 0):
            steps = steps[::-1].copy()
        frames_labels = numpy.array(labels, dtype=numpy.int64)
        lists[key] = [number, score, difficulty, steps.astype(numpy.float64), frames_labels]
        dicts[key] = {
            "action_type": number, "dive_score": numpy.float64(score), "difficulty": difficulty, "steps_transit_frames": steps,
            "frames_labels": frames_labels.astype(numpy.uint8), "sub-action_types": {1: "Forward", 37: "Entry"},
        }
        coarse[key] = {
            "action_type": number, "start_frame": start, "end_frame": start + len(labels) - 1, "dive_score": score,
            "difficulty": difficulty, "judge_scores": [8.5, 8.5, 8.0],
        }
        indices = numpy.linspace(start, start + len(labels) - 1, COUNT).astype(int) - start
        expected["__".join(map(str, key))] = {
            "diveNumber": number.lower(), "score": score, "difficulty": difficulty, "start": start, "frameCount": len(labels),
            "split": "test" if key in TEST else "train", "transitions": transitions(labels),
            "sampledTransitions": transitions([labels[index] for index in indices]),
        }
    for style, annotation in (("list-pickles", lists), ("dict-pickles", dicts)):
        folder = FIXTURES / style / "Annotations"
        folder.mkdir(parents=True, exist_ok=True)
        name = "fine-grained_annotation_aqa.pkl" if style == "list-pickles" else "FineDiving_fine-grained_annotation.pkl"
        save(folder, name, annotation)
        save(folder, "train_split.pkl", [key for key in CLIPS if key not in TEST])
        save(folder, "test_split.pkl", TEST)
        if style == "list-pickles":
            save(folder, "FineDiving_coarse_annotation.pkl", coarse)
            save(folder, "Sub_action_Types_Table.pkl", {1: "Forward", 4: "Inward", 12: "2.5 Soms.Pike", 37: "Entry"})
    about = {"script": "goldens/finediving-loader.py", "numpy": numpy.__version__, "seed": None, "dtype": "int64, float64, uint8"}
    (FIXTURES / "clips.json").write_text(json.dumps({"about": about, "clips": expected, "official": official(sys.argv[1])}, indent=1) + "\n")


if __name__ == "__main__":
    main()
